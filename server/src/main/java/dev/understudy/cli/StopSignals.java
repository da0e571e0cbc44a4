package dev.understudy.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Thread-safe. Turns the first signal to stop (TERM, INT, HUP) into a request that the main thread acts on, and the
/// second into an immediate end. The exit code of a stop in good order is then the program's own, not the signal's.
///
/// A signal that the parent had set to be ignored (nohup) stays ignored: the JVM sees to that.
public final class StopSignals {
    private static final int SIGNALLED = 128;

    private final AtomicInteger received = new AtomicInteger();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final Halt halt;
    private volatile int exitCode;

    /// Ends the process at once.
    @FunctionalInterface
    interface Halt {
        void now(int exitCode);
    }

    StopSignals(Halt halt) {
        this.halt = halt;
    }

    /// Takes the signals of this process from now on. `sun.misc.Signal` has no successor, and the compiler lets nobody
    /// name it without a warning, hence the reflection.
    ///
    /// @param halt what the second one does
    static StopSignals install(Halt halt) {
        var signals = new StopSignals(halt);
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Method number = signal.getMethod("getNumber");
            Object receiver = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[]{handler},
                    (_, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            signals.receive((int) number.invoke(arguments[0]));
                        }
                        return null;
                    });
            for (String name : new String[]{"TERM", "INT", "HUP"}) {
                signal.getMethod("handle", signal, handler).invoke(null,
                        signal.getConstructor(String.class).newInstance(name), receiver);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JVM does not hand out signals", e);
        }
        return signals;
    }

    /// The same, with the second ending the process at once.
    public static StopSignals install() {
        return install(Runtime.getRuntime()::halt);
    }

    /// Asks for a stop as the first signal does.
    void stop() {
        asked.countDown();
    }

    /// What a signal does.
    void receive(int number) {
        if (received.getAndIncrement() == 0) {
            exitCode = SIGNALLED + number;
            asked.countDown();
        } else {
            halt.now(SIGNALLED + number);
        }
    }

    /// True when a stop was asked for, waiting up to `millis` for it.
    public boolean await(long millis) throws InterruptedException {
        return asked.await(millis, TimeUnit.MILLISECONDS);
    }

    /// Does this on a thread of its own once a stop is asked for.
    void onAsked(Runnable action) {
        Thread.ofPlatform().name("stop").daemon(true).start(() -> {
            try {
                asked.await();
                action.run();
            } catch (InterruptedException _) {
                // Nobody interrupts it.
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Whether a stop was asked for.
    public boolean asked() {
        return asked.getCount() == 0;
    }

    /// 128 plus the first signal's number, for a program that a signal cut short; 0 before one came.
    public int exitCode() {
        return exitCode;
    }
}
