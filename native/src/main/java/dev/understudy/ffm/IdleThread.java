package dev.understudy.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// A thread of the idle scheduling class that calls C functions for a Java thread, which waits. Not thread-safe; owned by the
/// Java thread that started it.
///
/// It is a bare POSIX thread: the JVM does not know it, and no Java code ever runs on it. A Java thread of the idle class
/// could be stopped anywhere, also where a safepoint has to wait for it, and on a busy machine that may be seconds; nothing
/// waits for this one but its owner, who does so in native code, where a safepoint passes. Threads that its calls start
/// inherit its class.
@SuppressWarnings("restricted")
public final class IdleThread implements AutoCloseable {
    private static final int PR_SET_NAME = 15;
    private static final long ALIGNMENT_BYTES = 64;

    /// Handles of the C library, made when the first thread is started.
    private static final class Posix {
        static final MethodHandle CREATE = handle("pthread_create", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        static final MethodHandle JOIN = handle("pthread_join", JAVA_LONG, ADDRESS);
        static final MethodHandle SEM_INIT = handle("sem_init", ADDRESS, JAVA_INT, JAVA_INT);
        static final MethodHandle SEM_POST = handle("sem_post", ADDRESS);
        static final MethodHandle SEM_WAIT = handle("sem_wait", ADDRESS);

        private static MethodHandle handle(String function, MemoryLayout... arguments) {
            return Linker.nativeLinker().downcallHandle(SystemCall.address(function),
                    FunctionDescriptor.of(JAVA_INT, arguments));
        }
    }

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment block = arena.allocate(CallLoop.BLOCK_BYTES, ALIGNMENT_BYTES);
    private final MemorySegment go = block.asSlice(CallLoop.GO);
    private final MemorySegment done = block.asSlice(CallLoop.DONE);
    private long handle;
    private int id;

    private IdleThread() {}

    /// Starts one, or says why the system does not let it be, which leaves nothing behind.
    ///
    /// @param name what the system's tools show, of which they show 15 bytes
    public static Answer<IdleThread> start(String name) {
        return switch (CallLoop.code()) {
            case Answer.Refused<MemorySegment>(String reason) -> new Answer.Refused<>(reason);
            case Answer.Granted<MemorySegment>(MemorySegment code) -> start(code, name);
        };
    }

    private static Answer<IdleThread> start(MemorySegment code, String name) {
        IdleThread thread = new IdleThread();
        Optional<String> refusal = thread.create(code);
        if (refusal.isPresent()) {
            thread.arena.close();
            return new Answer.Refused<>(refusal.get());
        }
        thread.id = (int) thread.call(SystemCall.address("syscall"), SystemCall.GETTID.number());
        thread.call(SystemCall.address("prctl"), PR_SET_NAME, thread.arena.allocateFrom(name).address());
        refusal = Scheduling.enterIdle(thread.id);
        if (refusal.isPresent()) {
            thread.close();
            return new Answer.Refused<>(refusal.get());
        }
        return new Answer.Granted<>(thread);
    }

    private Optional<String> create(MemorySegment code) {
        block.set(JAVA_LONG, CallLoop.SEM_WAIT, SystemCall.address("sem_wait").address());
        block.set(JAVA_LONG, CallLoop.SEM_POST, SystemCall.address("sem_post").address());
        MemorySegment out = arena.allocate(JAVA_LONG);
        try {
            int made = (int) Posix.SEM_INIT.invokeExact(go, 0, 0) | (int) Posix.SEM_INIT.invokeExact(done, 0, 0);
            assert made == 0 : "a semaphore of 0 is always to be had";
            int error = (int) Posix.CREATE.invokeExact(out, MemorySegment.NULL, code, block);
            handle = out.get(JAVA_LONG, 0);
            return error == 0 ? Optional.empty() : Optional.of("pthread_create: " + SystemCall.text(error));
        } catch (Throwable e) {
            throw SystemCall.unexpected(e);
        }
    }

    /// The kernel's id of the thread, by which [TaskState] and [TaskTimes] know it.
    public int id() {
        return id;
    }

    /// Has the thread call a function and waits for its result: the function's, in a whole register, so that the upper half
    /// of a result of 32 bits means nothing. What the arguments point at must stay until this returns, as it does if it lies in
    /// arenas the calling thread owns; an interrupt does not cut the wait short.
    ///
    /// @param function  takes and returns integers or pointers, not floating-point numbers, and does not unwind
    /// @param arguments at most eight
    public long call(MemorySegment function, long... arguments) {
        if (arguments.length > CallLoop.ARGUMENTS_MAX) {
            throw new IllegalArgumentException(arguments.length + " arguments, at most " + CallLoop.ARGUMENTS_MAX);
        }
        block.set(JAVA_LONG, CallLoop.FUNCTION, function.address());
        for (int i = 0; i < arguments.length; i++) {
            block.set(JAVA_LONG, CallLoop.ARGUMENTS + i * JAVA_LONG.byteSize(), arguments[i]);
        }
        wakeUp();
        awaitDone();
        return block.get(JAVA_LONG, CallLoop.RESULT);
    }

    private void wakeUp() {
        try {
            int posted = (int) Posix.SEM_POST.invokeExact(go);
            assert posted == 0 : "one call at a time";
        } catch (Throwable e) {
            throw SystemCall.unexpected(e);
        }
    }

    /// Returns only when the call has ended, since what it was given may be freed then.
    private void awaitDone() {
        try {
            while ((int) Posix.SEM_WAIT.invokeExact(done) != 0) {
                // A signal, which the JVM may send for its own purposes.
            }
        } catch (Throwable e) {
            throw SystemCall.unexpected(e);
        }
    }

    /// Ends the thread and waits until it has.
    @Override
    public void close() {
        block.set(JAVA_LONG, CallLoop.FUNCTION, 0);
        wakeUp();
        try {
            int joined = (int) Posix.JOIN.invokeExact(handle, MemorySegment.NULL);
            assert joined == 0 : "started by this one, joined once";
        } catch (Throwable e) {
            throw SystemCall.unexpected(e);
        }
        arena.close();
    }
}
