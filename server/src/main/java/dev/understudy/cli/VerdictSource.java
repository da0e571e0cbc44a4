package dev.understudy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.understudy.journal.JournalArchive;
import dev.understudy.journal.JournalArchive.Archived;
import dev.understudy.journal.JournalException;
import dev.understudy.server.management.VerdictJson;
import dev.understudy.verdict.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a verdict comes from.
interface VerdictSource {
    /// A challenger and the verdict on it.
    ///
    /// @param problem   why there is no verdict to show, else empty
    /// @param undecided whether looking again later may find more
    record Found(String name, JsonNode verdict, String problem, boolean undecided) {
        /// What the API says: without criteria there is nothing that will ever be decided.
        static Found of(String name, JsonNode verdict) {
            return new Found(name, verdict, "",
                    verdict.path("declared").asBoolean(true)
                            && verdict.path("decision").asText("watch").equals("watch"));
        }

        static Found nothing(String problem, boolean undecided) {
            return new Found("", MissingNode.getInstance(), problem, undecided);
        }
    }

    /// The verdict on one challenger, or what keeps it from being given.
    ///
    /// @param challenger its name, or null for the only one
    /// @throws CommandFailure when nothing can be read; whether that may change by waiting, it says
    Found find(String model, @Nullable String challenger) throws CommandFailure;

    /// The name that is never ambiguous: `2@1f0c22ab`.
    static String qualified(String version, String sha256) {
        int at = version.indexOf('@');
        return (at < 0 ? version : version.substring(0, at)) + "@" + sha256.substring(0, Math.min(8, sha256.length()));
    }

    /// The same of a challenger as the management API writes it.
    static String qualified(JsonNode challenger) {
        return qualified(challenger.path("version").asText(), challenger.path("sha256").asText());
    }

    /// What is asked of somebody who named none of several challengers.
    ///
    /// @param candidates each as [#candidate]
    static String which(List<String> candidates) {
        return "which challenger? give --challenger with one of " + String.join(", ", candidates);
    }

    /// A challenger to choose, with what became of it: `2@1f0c22ab (retired)`.
    static String candidate(String qualified, String state) {
        return state.isEmpty() ? qualified : qualified + " (" + state + ")";
    }

    /// The same of a challenger as the management API writes it.
    static String candidate(JsonNode challenger) {
        return candidate(qualified(challenger), challenger.path("state").asText());
    }

    /// Those of a server's challengers that rehearse, or are about to; all where there is none.
    static List<JsonNode> rehearsing(List<JsonNode> meant) {
        List<JsonNode> rehearsing = meant.stream().filter(each -> {
            String state = each.path("state").asText();
            return !state.equals("refused") && !state.equals("retired");
        }).toList();
        return rehearsing.isEmpty() ? meant : rehearsing;
    }

    /// A running server.
    ///
    /// @param recompute has it sum up the evidence anew
    record Server(ManagementClient client, boolean recompute) implements VerdictSource {
        @Override
        public Found find(String model, @Nullable String challenger) throws CommandFailure {
            String path = "/models/" + ManagementClient.escaped(model);
            JsonNode status = client.json(path);
            List<JsonNode> candidates = candidates(status.path("challengers"), challenger);
            if (candidates.size() != 1) {
                return candidates.isEmpty()
                        ? Found.nothing(model + " has no challenger" + (challenger == null ? "" : " " + challenger),
                                true)
                        : Found.nothing(which(candidates.stream().map(VerdictSource::candidate).toList()), false);
            }
            JsonNode chosen = candidates.getFirst();
            String version = chosen.path("version").asText();
            if (chosen.path("state").asText().equals("refused")) {
                return Found.of(version, refused(chosen.path("reason").asText()));
            }
            String name = qualified(chosen);
            return Found.of(version, client.json(path + "/challengers/" + ManagementClient.escaped(name) + "/verdict"
                    + (recompute ? "?recompute=true" : "")));
        }

        /// Those that rehearse, or are about to. Only where there is none of them is one meant that was refused, and only by name
        /// one that has left.
        private static List<JsonNode> candidates(JsonNode challengers, @Nullable String name) {
            List<JsonNode> meant = new ArrayList<>();
            for (JsonNode each : challengers) {
                boolean isMeant = name == null
                        ? !each.path("state").asText().equals("retired")
                        : each.path("version").asText().equals(name) || qualified(each).equals(name);
                if (isMeant) {
                    meant.add(each);
                }
            }
            return rehearsing(meant);
        }

        /// A version that was turned away at the door will not be promoted; the same words as for one that failed.
        private static JsonNode refused(String reason) {
            return JsonNodeFactory.instance.objectNode().put("decision", "reject").put("reason",
                    "It was refused before any request was mirrored to it: " + reason);
        }
    }

    /// The journal of a server that is not running. Not thread-safe; owned by one command.
    record Archive(JournalArchive journal) implements VerdictSource, AutoCloseable {
        static Archive open(Path state) throws CommandFailure {
            try {
                return new Archive(JournalArchive.open(state.resolve("journal")));
            } catch (JournalException e) {
                throw new CommandFailure(ExitCode.STATE, "the state folder " + state + " cannot be read: "
                        + e.getMessage());
            }
        }

        @Override
        public Found find(String model, @Nullable String challenger) throws CommandFailure {
            try {
                // The latest of each file; older ones were under other criteria.
                List<Archived> latest = new ArrayList<>();
                for (Archived each : journal.evaluations(model)) {
                    if (latest.stream().noneMatch(kept -> kept.pair().challenger().equals(each.pair().challenger()))) {
                        latest.add(each);
                    }
                }
                List<Archived> meant = latest.stream().filter(each -> challenger == null
                        || each.version().equals(challenger)
                        || qualified(each.version(), each.pair().challenger()).equals(challenger)).toList();
                List<Archived> candidates = rehearsing(meant);
                if (candidates.size() != 1) {
                    return Found.nothing(candidates.isEmpty()
                            ? "there is no such evaluation of " + model + " on record"
                            : which(candidates.stream()
                                    .map(each -> candidate(qualified(each.version(), each.pair().challenger()),
                                            each.state()))
                                    .toList()),
                            false);
                }
                Optional<Verdict> verdict = journal.verdict(candidates.getFirst());
                return verdict.isPresent()
                        ? Found.of(candidates.getFirst().version(), VerdictJson.verdict(verdict.get()))
                        : Found.nothing("there is no evidence on record", false);
            } catch (JournalException e) {
                throw new CommandFailure(ExitCode.STATE, String.valueOf(e.getMessage()));
            }
        }

        /// Those that were neither withdrawn nor promoted when the server stopped; all where there is none.
        private static List<Archived> rehearsing(List<Archived> meant) {
            List<Archived> rehearsing = meant.stream()
                    .filter(each -> !each.state().equals("retired") && !each.state().equals("champion")).toList();
            return rehearsing.isEmpty() ? meant : rehearsing;
        }

        @Override
        public void close() throws CommandFailure {
            try {
                journal.close();
            } catch (JournalException e) {
                throw new CommandFailure(ExitCode.STATE, String.valueOf(e.getMessage()));
            }
        }
    }
}
