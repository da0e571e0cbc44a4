package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Opening the file again is what the next process does; that nothing was closed before is what a crash is.
@Timeout(120)
class RunMarksTest {
    private static final String A = "0a".repeat(32);
    private static final String B = "b1".repeat(32);
    private static final String BOOT = "8e8cd0a4-7a51-4a6c-8d3e-3b0f0b6a5d11";

    private final Path file;

    RunMarksTest(@TempDir Path folder) {
        file = folder.resolve("marks");
    }

    @Test
    void whoIsInARunIsLeftForTheNextProcessAndNobodyElse() throws Exception {
        RunMarks marks = RunMarks.open(file, 4);
        assertEquals(List.of(), marks.left());
        RunMarks.Slot a = marks.claim(A);
        RunMarks.Slot b = marks.claim(B);
        a.begin();
        b.begin();
        b.end();
        assertEquals(List.of(A), marks.running());
        RunMarks next = RunMarks.open(file, 4);
        assertEquals(List.of(A), next.left());
        assertEquals(List.of(), next.running());
        assertEquals(List.of(), RunMarks.open(file, 4).left(), "it is said once");
    }

    @Test
    void aMarkOutlivesAProcessThatIsKilled() throws Exception {
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), InARun.class.getName(), file.toString(), A)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            assertNotNull(lines.readLine());
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertEquals(List.of(A), RunMarks.open(file, 4).left());
    }

    /// Goes into a run and stays there.
    static final class InARun {
        private InARun() {}

        public static void main(String[] args) throws Exception {
            RunMarks.open(Path.of(args[0]), 4).claim(args[1]).begin();
            System.out.println("in a run");
            Thread.sleep(60_000);
        }
    }

    @Test
    void anEndThatWasAskedForIsHeldAgainstNobody() throws Exception {
        RunMarks marks = RunMarks.open(file, 4);
        marks.claim(A).begin();
        marks.settle();
        marks.claim(B).begin();
        assertEquals(List.of(), RunMarks.open(file, 4).left());
    }

    @Test
    void marksOfAnotherBootOfTheMachineSayNothing() throws Exception {
        RunMarks.open(file, 4, BOOT).claim(A).begin();
        byte[] before = Files.readAllBytes(file);
        assertEquals(List.of(), RunMarks.open(file, 4, BOOT.replace('8', '9')).left());
        Files.write(file, before);
        assertEquals(List.of(A), RunMarks.open(file, 4, BOOT).left());
    }

    @Test
    void aSlotThatIsGivenBackMarksNobodyAndIsTakenAgain() throws Exception {
        RunMarks marks = RunMarks.open(file, 1);
        RunMarks.Slot a = marks.claim(A);
        a.begin();
        RunMarks.Slot none = marks.claim(B);
        none.begin();
        assertEquals(List.of(A), marks.running(), "without a slot it runs unmarked");
        none.close();
        a.close();
        marks.claim(B).begin();
        assertEquals(List.of(B), marks.running());
    }

    @Test
    void oneThatRunsInTwoLinesIsNamedOnce() {
        RunMarks marks = RunMarks.inMemory(4);
        marks.claim(A).begin();
        marks.claim(A).begin();
        assertEquals(List.of(A), marks.running());
    }

    @Test
    void noFileWhateverItHoldsNamesAnybodyWhoWasNotMarked() throws Exception {
        RunMarks.open(file, 4).claim(A).begin();
        byte[] marked = Files.readAllBytes(file);
        Random random = new Random(7);
        Set<List<String>> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            byte[] garbage = new byte[random.nextInt(600)];
            random.nextBytes(garbage);
            Files.write(file, garbage);
            assertEquals(List.of(), RunMarks.open(file, 4).left());
            Files.write(file, Arrays.copyOf(marked, random.nextInt(marked.length)));
            seen.add(RunMarks.open(file, 4).left());
        }
        assertEquals(Set.of(List.of(), List.of(A)), seen);
    }
}
