package dev.understudy.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HexFormat;

/// The machine code of an [IdleThread]: waits for a call, makes it, says that it is done, until the call is to NULL. Thread-safe:
/// written once, and then nobody's to write.
///
/// It is machine code because nothing that is at hand does it: a Java method run by the thread is what must not be, a
/// function of the C library that calls another with its arguments and keeps the result does not exist, and a compiled
/// library would be one more file a platform to ship and to unpack. Each line of the listings is an instruction's
/// bytes and the instruction. The code lies in the one page it needs, which is made executable and unwritable, as the JVM's
/// own code is made executable.
@SuppressWarnings("restricted")
final class CallLoop {
    // The thread's control block, 8 bytes a field but for the two semaphores.
    static final int GO = 0;
    static final int DONE = 32;
    static final int SEM_WAIT = 64;
    static final int SEM_POST = 72;
    static final int FUNCTION = 80;
    static final int ARGUMENTS = 88;
    static final int RESULT = 152;
    static final int BLOCK_BYTES = 160;
    static final int ARGUMENTS_MAX = 8;

    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 32;
    private static final int CODE_BYTES = 4096;
    private static final long MAP_FAILED = -1;

    private static final String X86_64 = """
            f30f1efa            endbr64
            53                  push rbx
            4889fb              mov  rbx, rdi
            4889df       wait:  mov  rdi, rbx           ; GO
            ff5340              call [rbx+64]           ; SEM_WAIT
            85c0                test eax, eax           ; a signal may end the wait
            75f6                jnz  wait
            488b4350            mov  rax, [rbx+80]      ; FUNCTION
            4885c0              test rax, rax
            743d                jz   end
            ffb390000000        push qword [rbx+144]    ; ARGUMENTS, the last first
            ffb388000000        push qword [rbx+136]
            488b7b58            mov  rdi, [rbx+88]
            488b7360            mov  rsi, [rbx+96]
            488b5368            mov  rdx, [rbx+104]
            488b4b70            mov  rcx, [rbx+112]
            4c8b4378            mov  r8, [rbx+120]
            4c8b8b80000000      mov  r9, [rbx+128]
            ffd0                call rax
            4883c410            add  rsp, 16
            48898398000000      mov  [rbx+152], rax     ; RESULT
            488d7b20            lea  rdi, [rbx+32]      ; DONE
            ff5348              call [rbx+72]           ; SEM_POST
            ebb0                jmp  wait
            5b           end:   pop  rbx
            c3                  ret
            """;

    private static final String AARCH64 = """
            5f2403d5            bti  c
            fd7bbea9            stp  x29, x30, [sp, #-32]!
            fd030091            mov  x29, sp
            f30b00f9            str  x19, [sp, #16]
            f30300aa            mov  x19, x0
            e00313aa     wait:  mov  x0, x19            ; GO
            702240f9            ldr  x16, [x19, #64]    ; SEM_WAIT
            00023fd6            blr  x16
            a0ffff35            cbnz w0, wait           ; a signal may end the wait
            702a40f9            ldr  x16, [x19, #80]    ; FUNCTION
            700100b4            cbz  x16, end
            608645a9            ldp  x0, x1, [x19, #88] ; ARGUMENTS
            628e46a9            ldp  x2, x3, [x19, #104]
            649647a9            ldp  x4, x5, [x19, #120]
            669e48a9            ldp  x6, x7, [x19, #136]
            00023fd6            blr  x16
            604e00f9            str  x0, [x19, #152]    ; RESULT
            60820091            add  x0, x19, #32       ; DONE
            702640f9            ldr  x16, [x19, #72]    ; SEM_POST
            00023fd6            blr  x16
            f1ffff17            b    wait
            f30b40f9     end:   ldr  x19, [sp, #16]
            fd7bc2a8            ldp  x29, x30, [sp], #32
            c0035fd6            ret
            """;

    /// Made when first asked for.
    private static final class Loaded {
        static final Answer<MemorySegment> CODE = load();
    }

    private CallLoop() {}

    /// The code, a function for `pthread_create` whose argument is a control block; refused where there is none for this
    /// machine or the system allows no code of a program's own.
    static Answer<MemorySegment> code() {
        return Loaded.CODE;
    }

    private static Answer<MemorySegment> load() {
        if (SystemCall.absence().isPresent()) {
            return new Answer.Refused<>(SystemCall.absence().get());
        }
        MethodHandle mmap = Linker.nativeLinker().downcallHandle(SystemCall.address("mmap"),
                FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        MemorySegment page;
        try {
            page = (MemorySegment) mmap.invokeExact(MemorySegment.NULL, (long) CODE_BYTES, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
        } catch (Throwable e) {
            throw SystemCall.unexpected(e);
        }
        if (page.address() == MAP_FAILED) {
            return new Answer.Refused<>("mmap: no memory");
        }
        byte[] code = assembled(SystemCall.onArm() ? AARCH64 : X86_64);
        MemorySegment.copy(code, 0, page.reinterpret(code.length), JAVA_BYTE, 0, code.length);
        // Mapping a page as executable for the first time is also where the kernel makes a processor's instruction cache see it.
        return switch (SystemCall.MPROTECT.ask(page.address(), CODE_BYTES, PROT_READ | PROT_EXEC)) {
            case Answer.Granted<Long> granted -> new Answer.Granted<>(page);
            case Answer.Refused<Long>(String reason) -> new Answer.Refused<>(reason);
        };
    }

    private static byte[] assembled(String listing) {
        StringBuilder digits = new StringBuilder();
        listing.lines().forEach(line -> digits.append(line, 0, line.indexOf(' ')));
        return HexFormat.of().parseHex(digits);
    }
}
