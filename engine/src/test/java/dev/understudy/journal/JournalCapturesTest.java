package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Pair;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Captures in the journal, from the request's bytes to the last of them that is thrown away.
class JournalCapturesTest {
    private final Path directory;

    JournalCapturesTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void capturedTensorsReadBackByteForByteAndServeAsRecordedInputs() throws Exception {
        Capture first = Samples.capture(Samples.comparison("r-1", 2), 1, Float.NaN, -0f);
        Capture second = Samples.capture(Samples.comparison(Samples.OTHER, "r-2", null, Samples.NOON, 0), 4);
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.append(first);
            journal.append(second);
            assertTrue(journal.flush());
        }
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            Capture found = journal.capture(Samples.PAIR, "r-1").orElseThrow();
            assertEquals(first.comparison(), found.comparison());
            assertSame(first.inputs(), found.inputs());
            assertSame(first.championOutputs(), found.championOutputs());
            assertSame(first.challengerOutputs(), found.challengerOutputs());
            assertEquals(List.of(CaptureKind.WORST, CaptureKind.SAMPLE),
                    Samples.captures(journal, Samples.PAIR).stream().map(CaptureSummary::kind).toList());
            assertEquals(List.of(CaptureKind.SAMPLE),
                    Samples.captures(journal, Samples.OTHER).stream().map(CaptureSummary::kind).toList());
            assertEquals(first.byteSize(), Samples.captures(journal, Samples.PAIR).getFirst().byteSize());
            List<List<Tensor>> inputs = journal.recordedInputs("digits", 5);
            assertEquals(2, inputs.size());
            assertSame(second.inputs(), inputs.getFirst());
            assertTrue(journal.recordedInputs("other", 5).isEmpty());
            assertTrue(journal.capture(Samples.PAIR, "r-2").isEmpty());
            assertTrue(journal.comparisons(Samples.PAIR, Order.NEWEST, 1, null).getFirst().captured());
        }
    }

    private static void assertSame(List<Tensor> expected, List<Tensor> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).toString(), actual.get(i).toString());
            assertArrayEquals(expected.get(i).data().toArray(ValueLayout.JAVA_BYTE),
                    actual.get(i).data().toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Test
    void displacedAndOutrankedCapturesLeaveNoTensorsBehind() throws Exception {
        JournalLimits limits = Samples.QUICK.withCaptures(new JournalLimits.Captures(3, 3, 1 << 20, 2, 1000, 1));
        try (Journal journal = Journal.open(directory, limits)) {
            for (int i = 0; i < 40; i++) {
                Pair pair = Samples.pair((char) ('0' + i / 10));
                journal.append(Samples.capture(
                        Samples.comparison(pair, "r-" + i, null, Samples.NOON + 5000L * (i / 10), i + 2), i));
            }
            assertTrue(journal.flush());
            assertTrue(Samples.captures(journal, Samples.pair('0')).isEmpty());
            assertTrue(Samples.captures(journal, Samples.pair('1')).isEmpty());
            assertEquals(List.of("r-39", "r-38", "r-37"),
                    Samples.captures(journal, Samples.pair('3')).stream().filter(c -> c.kind() == CaptureKind.WORST)
                            .map(CaptureSummary::requestId).toList());
        }
        JournalFile database = new JournalFile(directory);
        assertEquals(12, database.count("SELECT count(*) FROM captures"));
        assertEquals(database.count("SELECT count(DISTINCT sequence) FROM captures"),
                database.count("SELECT count(DISTINCT sequence) FROM capture_tensors"));
    }
}
