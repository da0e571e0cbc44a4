package dev.understudy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.engine.Replay;
import dev.understudy.engine.Replay.Differing;
import dev.understudy.journal.Capture;
import dev.understudy.journal.JournalArchive;
import dev.understudy.journal.JournalArchive.Archived;
import dev.understudy.journal.JournalException;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OrtNatives;
import dev.understudy.server.management.VerdictJson;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.Decision;
import dev.understudy.verdict.Outcome;
import dev.understudy.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `understudy replay`: how a file that is not deployed anywhere would have done on requests that were recorded.
@Command(name = "replay", mixinStandardHelpOptions = true, versionProvider = VersionText.class, exitCodeOnInvalidInput = VerdictCommand.ERROR, exitCodeOnExecutionException = VerdictCommand.ERROR, header = "Runs a model file over recorded requests, before anything is deployed.", description = {
    "",
    "Takes the uniform sample of requests that shadowing recorded, from a running server or from the state folder of one that is not running, runs the file here, and prints the sheet that `verdict` would. It may come to a rejection, never to a promotion: that takes live traffic.",
    "", "Exit codes: 0 every criterion passes, 1 one is missed, 2 undecided on so many requests, 3 any error.", ""})
final class ReplayCommand implements Callable<Integer> {
    private static final int REQUESTS_MAX = 10_000;
    private static final int WORST_SHOWN = 5;

    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Option(names = "--challenger", paramLabel = "FILE", required = true, description = "The model file to run.")
    private Path challenger = Path.of("");

    @Option(names = "--state", paramLabel = "DIR", description = "Take the requests from this state folder, whose server is not running, instead of from a server.")
    private @Nullable Path state;

    @Mixin
    private ClientOptions options = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    ReplayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws CommandFailure, IOException {
        try {
            return replay();
        } catch (CommandFailure e) {
            throw new CommandFailure(VerdictCommand.ERROR, String.valueOf(e.getMessage()));
        }
    }

    private int replay() throws CommandFailure, IOException {
        if (!Files.isRegularFile(challenger)) {
            throw new CommandFailure(ExitCode.USAGE, "there is no file " + challenger);
        }
        Path folder = Files.createTempDirectory("understudy-replay-").toRealPath();
        try {
            OrtNatives.unpackInto(folder.resolve("native"));
            return replay(journal(folder));
        } finally {
            StateFolder.remove(folder);
        }
    }

    /// Where the recorded requests lie, fetched from the server if need be.
    private Path journal(Path folder) throws CommandFailure, IOException {
        if (state != null) {
            return state.resolve("journal");
        }
        Path fetched = Files.createDirectories(folder.resolve("journal"));
        try (ManagementClient client = options.client()) {
            client.download("/models/" + ManagementClient.escaped(model) + "/captures",
                    fetched.resolve("journal.duckdb"));
        }
        return fetched;
    }

    private int replay(Path journal) throws CommandFailure {
        try (JournalArchive archive = JournalArchive.open(journal)) {
            List<Archived> evaluations = archive.evaluations(model);
            List<Capture> captures = evaluations.isEmpty()
                    ? List.of()
                    : archive.sample(evaluations.getFirst(), REQUESTS_MAX);
            if (captures.isEmpty()) {
                throw new CommandFailure(ExitCode.FAILED, "no requests of " + model
                        + " that its champion answered are recorded; they are while a challenger is shadowed");
            }
            Replay.Result result = Replay.run(challenger.toAbsolutePath(), archive.terms(evaluations.getFirst()),
                    captures, archive.labels(model), done -> tell(done, captures.size()));
            show(result);
            return exitCode(result.verdict());
        } catch (JournalException e) {
            throw new CommandFailure(ExitCode.STATE, "the recorded requests cannot be read: " + e.getMessage());
        } catch (ModelLoadException e) {
            throw new CommandFailure(ExitCode.FAILED, challenger + " cannot be replayed: " + e.reason());
        }
    }

    /// To somebody who watches, on the line that the sheet will take.
    private void tell(int done, int all) {
        if (terminal.interactive()) {
            PrintWriter err = spec.commandLine().getErr();
            err.print(done < all ? "\r" + done + " of " + all + " requests" : "\r\u001b[K");
            err.flush();
        }
    }

    static int exitCode(Verdict verdict) {
        if (verdict.decision() == Decision.REJECT) {
            return VerdictCommand.REJECT;
        }
        return verdict.criteria().stream().allMatch(each -> each.outcome() == Outcome.PASS)
                ? VerdictCommand.PROMOTE
                : VerdictCommand.WATCH;
    }

    /// What the sample lacks, empty when it suffices or no number of requests would.
    static OptionalLong moreNeeded(Verdict verdict) {
        OptionalLong most = OptionalLong.empty();
        for (CriterionResult each : verdict.criteria()) {
            if (each.outcome() == Outcome.UNDECIDED && each.moreSamples().isPresent()) {
                most = OptionalLong.of(Math.max(most.orElse(0), each.moreSamples().getAsLong()));
            }
        }
        return most;
    }

    private void show(Replay.Result result) {
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode verdict = VerdictJson.verdict(result.verdict());
        if (options.json()) {
            ObjectNode node = JsonNodeFactory.instance.objectNode().put("model", model)
                    .put("compared", result.ledger().compared()).put("failed", result.ledger().failedTotal());
            ObjectNode reasons = node.putObject("failed_by_reason");
            result.ledger().failed().forEach((reason, count) -> reasons.put(reason.label(), count));
            node.set("verdict", verdict);
            ArrayNode worst = node.putArray("worst");
            for (Differing each : result.worst()) {
                worst.addObject().put("request_id", each.requestId()).put("severity", each.difference().severity())
                        .put("why", each.difference().why());
            }
            out.println(node);
            return;
        }
        out.println(StatusPage.count(result.ledger().compared()) + " recorded requests compared, "
                + StatusPage.count(result.ledger().failedTotal()) + " failed"
                + (result.lastFailure().isEmpty() ? "" : ", the last with: " + result.lastFailure()));
        VerdictSheet sheet = new VerdictSheet(model, String.valueOf(challenger.getFileName()), verdict);
        new VerdictPage(sheet, terminal).lines().forEach(out::println);
        moreNeeded(result.verdict()).ifPresent(more -> out.println("  " + terminal.yellow("too few")
                + " recorded requests: about " + StatusPage.count(more) + " more observations are needed to decide, if"
                + " things stay as they are; capture_sample_max says how many requests are kept, and where a criterion"
                + " asks for labels only those with one count"));
        result.worst().stream().limit(WORST_SHOWN).forEach(each -> out.println("  " + terminal.red("differs") + " on "
                + each.requestId() + ": " + each.difference().why()));
    }
}
