package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalEvent.Kind;
import dev.understudy.journal.JournalEvent;
import dev.understudy.journal.JournalLimits;
import dev.understudy.journal.Terms;
import dev.understudy.verdict.Pair;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which challenger is meant in the journal of a server that is not running.
final class VerdictArchiveTest {
    private final Path state;

    VerdictArchiveTest(@TempDir Path state) {
        this.state = state;
    }

    private static Pair pair(char challenger) {
        return new Pair("digits", "a".repeat(64), String.valueOf(challenger).repeat(64), "0123456789abcdef");
    }

    /// Versions named like their bytes, each of which began to shadow and then came to its end, if it did.
    private void record(String versions, @Nullable Kind... ends) throws Exception {
        try (Journal journal = Journal.open(state.resolve("journal"), JournalLimits.DEFAULTS)) {
            for (int i = 0; i < ends.length; i++) {
                Pair pair = pair(versions.charAt(i));
                journal.begin(pair, i, Terms.NONE);
                note(journal, Kind.SHADOWING, pair, i);
                Kind end = ends[i];
                if (end != null) {
                    note(journal, end, pair, i);
                }
            }
            assertTrue(journal.flush());
        }
    }

    private static void note(Journal journal, Kind kind, Pair pair, long timeMillis) {
        journal.append(new JournalEvent(timeMillis, kind, "digits", pair.challenger().substring(0, 1),
                pair.challenger(), ""));
    }

    private String found(@Nullable String challenger) throws CommandFailure {
        try (VerdictSource.Archive archive = VerdictSource.Archive.open(state)) {
            VerdictSource.Found found = archive.find("digits", challenger);
            return found.problem().isEmpty() ? found.name() : found.problem();
        }
    }

    @Test
    void theOnlyOneThatWasNeitherWithdrawnNorPromotedIsMeant() throws Exception {
        record("bcde", Kind.RETIRED, null, Kind.CHAMPION, Kind.RETIRED);
        assertEquals("c", found(null));
        assertEquals("b", found("b"), "by name any");
    }

    @Test
    void ofSeveralEachIsListedWithItsState() throws Exception {
        record("bcd", null, null, Kind.RETIRED);
        assertEquals("which challenger? give --challenger with one of c@cccccccc (shadowing), b@bbbbbbbb (shadowing)",
                found(null));
    }

    @Test
    void whereAllWereWithdrawnAllAreListed() throws Exception {
        record("bc", Kind.RETIRED, Kind.RETIRED);
        assertTrue(found(null).contains("c@cccccccc (retired), b@bbbbbbbb (retired)"), found(null));
        assertFalse(found("c").contains("which"), found("c"));
    }
}
