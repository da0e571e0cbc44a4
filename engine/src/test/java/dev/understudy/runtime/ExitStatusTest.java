package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExitStatusTest {
    @Test
    void aSignalIsWhatExceeds128ByOneTo64() {
        List<Integer> signalled = IntStream.rangeClosed(-1, 1_000)
                .filter(code -> new ExitStatus(code).signal().isPresent()).boxed().toList();
        assertEquals(IntStream.rangeClosed(129, 192).boxed().toList(), signalled);
        signalled.forEach(code -> assertEquals(OptionalInt.of(code - 128), new ExitStatus(code).signal()));
    }

    @Test
    void onlySignal9IsSomebodyElses() {
        assertEquals(List.of(128 + 9),
                IntStream.rangeClosed(-1, 1_000).filter(code -> new ExitStatus(code).killed()).boxed().toList());
    }

    @Test
    void theWordsAreTheSignalsNumberAndNameOrTheCode() {
        assertEquals("signal 11, SIGSEGV", new ExitStatus(128 + 11).text());
        assertEquals("signal 9, SIGKILL", new ExitStatus(128 + 9).text());
        assertEquals("signal 50", new ExitStatus(128 + 50).text());
        assertEquals("exit code 128", new ExitStatus(128).text());
        assertEquals("exit code 0", new ExitStatus(0).text());
        assertEquals("exit code 255", new ExitStatus(255).text());
    }
}
