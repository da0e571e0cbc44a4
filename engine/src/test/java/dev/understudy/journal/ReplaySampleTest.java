package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.verdict.Pair;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplaySampleTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void theSampleIsOfTheRequestsThatTheEvaluationsOwnChampionAnswered() throws Exception {
        Pair before = Samples.PAIR;
        Pair after = new Pair(before.model(), "b".repeat(64), before.challenger(), before.rules());
        Pair beside = new Pair(before.model(), after.champion(), "e".repeat(64), before.rules());
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.begin(before, Samples.NOON, Terms.NONE);
            assertTrue(append(journal, before, "old", Samples.NOON));
            journal.begin(beside, Samples.NOON + 1000, Terms.NONE);
            assertTrue(append(journal, beside, "beside", Samples.NOON + 1000));
            journal.begin(after, Samples.NOON + 2000, Terms.NONE);
            assertTrue(append(journal, after, "new", Samples.NOON + 2000));
            assertTrue(journal.flush());
        }
        try (JournalArchive archive = JournalArchive.open(directory)) {
            JournalArchive.Archived latest = archive.evaluations(before.model()).getFirst();
            assertEquals(after, latest.pair());
            assertEquals(List.of("new", "beside"), archive.sample(latest, 10).stream()
                    .map(capture -> capture.comparison().requestId()).toList());
        }
    }

    private static boolean append(Journal journal, Pair pair, String id, long timeMillis) {
        return journal.append(Samples.capture(Samples.comparison(pair, id, null, timeMillis, 0.5), 1f, 2f),
                new Seen(List.of(), null));
    }
}
