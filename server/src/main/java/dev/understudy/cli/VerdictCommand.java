package dev.understudy.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `understudy verdict`: whether a challenger may take the part, for a person and for a build server.
@Command(name = "verdict", mixinStandardHelpOptions = true, versionProvider = VersionText.class, exitCodeOnInvalidInput = VerdictCommand.ERROR, exitCodeOnExecutionException = VerdictCommand.ERROR, header = "Says whether a challenger may take the part: a line a criterion.", description = {
    "", "Exit codes: 0 promote, 1 reject, 2 neither yet (or not enough evidence), 3 any error.", ""})
final class VerdictCommand implements Callable<Integer> {
    static final int PROMOTE = 0;
    static final int REJECT = 1;
    static final int WATCH = 2;
    static final int ERROR = 3;
    private static final long LOOK_MILLIS = 1000;

    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Option(names = "--challenger", paramLabel = "VERSION", description = "This challenger: 2, or 2@1f0c22ab where several bytes had the name. Without it: the only one.")
    private @Nullable String challenger;

    @Option(names = "--wait", paramLabel = "DURATION", converter = Waiting.class, description = "Wait for a decision up to this long, such as 30m, for the challenger to appear, and for a server that is away to come back.")
    private Duration wait = Duration.ZERO;

    @Option(names = "--recompute", description = "Sum up the evidence anew from the journal.")
    private boolean recompute;

    @Option(names = "--state", paramLabel = "DIR", description = "Read the journal in this state folder, whose server is not running, instead of asking one.")
    private @Nullable Path state;

    @Option(names = "--junit", paramLabel = "FILE", description = "Write a JUnit report as well.")
    private @Nullable Path junit;

    @Option(names = "--markdown", description = "Print Markdown, for a comment on a pull request.")
    private boolean markdown;

    @Mixin
    private ClientOptions options = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    VerdictCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws CommandFailure {
        try {
            if (markdown && options.json()) {
                throw new CommandFailure(ERROR, "--markdown and --json exclude each other");
            }
            return state == null ? ask() : recall(state);
        } catch (CommandFailure e) {
            throw new CommandFailure(ERROR, String.valueOf(e.getMessage()));
        }
    }

    private int ask() throws CommandFailure {
        try (ManagementClient client = options.client()) {
            long deadline = System.nanoTime() + wait.toNanos();
            VerdictSource source = new VerdictSource.Server(client, recompute);
            while (true) {
                boolean last = System.nanoTime() - deadline >= 0;
                try {
                    VerdictSource.Found found = source.find(model, challenger);
                    if (last || !found.undecided()) {
                        return show(found);
                    }
                } catch (CommandFailure e) {
                    if (last || !e.isPassing()) {
                        throw e;
                    }
                }
                pause();
            }
        }
    }

    private int recall(Path folder) throws CommandFailure {
        if (!wait.isZero()) {
            throw new CommandFailure(ERROR, "a server that is not running decides nothing more; leave --wait out");
        }
        try (VerdictSource.Archive archive = VerdictSource.Archive.open(folder)) {
            return show(archive.find(model, challenger));
        }
    }

    private static void pause() throws CommandFailure {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ERROR, "interrupted");
        }
    }

    private int show(VerdictSource.Found found) throws CommandFailure {
        if (!found.problem().isEmpty()) {
            throw new CommandFailure(ERROR, found.problem());
        }
        PrintWriter out = spec.commandLine().getOut();
        VerdictSheet sheet = new VerdictSheet(model, found.name(), found.verdict());
        if (junit != null) {
            write(junit, new JunitReport(sheet).xml());
        }
        if (options.json()) {
            out.println(found.verdict());
        } else {
            List<String> lines = markdown
                    ? new VerdictMarkdown(sheet).lines()
                    : new VerdictPage(sheet, terminal).lines();
            lines.forEach(out::println);
        }
        return switch (sheet.decision()) {
            case "promote" -> PROMOTE;
            case "reject" -> REJECT;
            default -> WATCH;
        };
    }

    private static void write(Path file, String text) throws CommandFailure {
        try {
            Files.writeString(file, text);
        } catch (IOException _) {
            throw new CommandFailure(ERROR, "the file " + file + " cannot be written");
        }
    }
}
