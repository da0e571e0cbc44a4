package dev.understudy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `understudy diffs`: where a challenger's answers differ most from the champion's.
@Command(name = "diffs", mixinStandardHelpOptions = true, versionProvider = VersionText.class, header = "Shows where a challenger's answers differ most, or exports all comparisons.", description = {
    "", "Severity 1 is the edge of the tolerance. Without --challenger: every challenger with comparisons.", ""})
final class DiffsCommand implements Callable<Integer> {
    static final int WORST_MAX = 1000;
    /// Of each tensor of one request; as many as the API gives.
    private static final int ELEMENTS_MAX = 1_000_000;

    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", description = "The model.")
    private String model = "";

    @Option(names = "--challenger", paramLabel = "VERSION", description = "Only this challenger: 2, or 2@1f0c22ab where several bytes had the name.")
    private @Nullable String challenger;

    @Option(names = "--worst", paramLabel = "N", description = "How many, 1 to 1000 (default: ${DEFAULT-VALUE}).", defaultValue = "10")
    private int worst;

    @Option(names = "--segment", paramLabel = "SEGMENT", description = "Only requests of this segment.")
    private @Nullable String segment;

    @Option(names = "--request", paramLabel = "ID", description = "Show the inputs of this request and the elements in which the two answers differ most, instead; its tensors must have been kept.")
    private @Nullable String request;

    @Option(names = "--export", paramLabel = "FILE.parquet", description = "Write all kept comparisons of the challenger to this file instead.")
    private @Nullable Path export;

    @Mixin
    private ClientOptions options = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    DiffsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws CommandFailure {
        if (worst < 1 || worst > WORST_MAX) {
            throw new CommandFailure(ExitCode.USAGE, "--worst takes a number from 1 to " + WORST_MAX);
        }
        if (export != null && (segment != null || options.json())) {
            throw new CommandFailure(ExitCode.USAGE,
                    "--export writes every comparison; leave --segment and --json out");
        }
        if (request != null && (segment != null || export != null)) {
            throw new CommandFailure(ExitCode.USAGE, "--request shows one request; leave --segment and --export out");
        }
        PrintWriter out = spec.commandLine().getOut();
        try (ManagementClient client = options.client()) {
            List<JsonNode> chosen = challenger == null
                    ? compared(client.json(modelPath()))
                    : List.of(client.json(modelPath() + "/challengers/" + ManagementClient.escaped(challenger)));
            if (request != null) {
                show(new RequestPage(captured(client, chosen, request)), out);
            } else if (export != null) {
                client.download(path(only(chosen), "/export?format=parquet"), export);
                out.println("wrote " + export);
            } else if (options.json()) {
                out.println(client.text(path(only(chosen), query())));
            } else {
                for (JsonNode each : chosen) {
                    JsonNode comparisons = client.json(path(each, query()));
                    new DiffsPage(model, each, comparisons, terminal).lines().forEach(out::println);
                }
            }
        }
        return ExitCode.OK;
    }

    private void show(RequestPage page, PrintWriter out) {
        if (options.json()) {
            out.println(page.json());
        } else {
            page.lines(terminal).forEach(out::println);
        }
    }

    private List<JsonNode> compared(JsonNode status) throws CommandFailure {
        List<JsonNode> all = new ArrayList<>();
        status.path("challengers").forEach(all::add);
        List<JsonNode> compared = all.stream().filter(each -> each.path("ledger").path("compared").asLong() > 0)
                .toList();
        if (compared.isEmpty()) {
            throw new CommandFailure(ExitCode.FAILED, all.isEmpty()
                    ? model + " has no challengers; copy another version into the repository"
                    : "no challenger of " + model + " has been compared yet; `understudy status " + model
                            + "` says why");
        }
        return compared;
    }

    /// The request as it was kept with the challenger that is meant: the only one there is, or that has kept it.
    private JsonNode captured(ManagementClient client, List<JsonNode> chosen, String id) throws CommandFailure {
        String rest = "/comparisons/" + ManagementClient.escaped(id) + "?max_elements=" + ELEMENTS_MAX;
        if (chosen.size() == 1) {
            return client.json(path(chosen.getFirst(), rest));
        }
        Map<JsonNode, JsonNode> kept = new LinkedHashMap<>();
        for (JsonNode each : chosen) {
            client.find(path(each, rest)).ifPresent(capture -> kept.put(each, capture));
        }
        if (kept.isEmpty()) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "the tensors of request " + id
                    + " were kept with no challenger of " + model + "; `understudy diffs " + model
                    + " --json --challenger VERSION` says which were (captured)");
        }
        return Objects.requireNonNull(kept.get(only(List.copyOf(kept.keySet()))));
    }

    /// The only one that rehearses, or the only one.
    private static JsonNode only(List<JsonNode> chosen) throws CommandFailure {
        List<JsonNode> meant = VerdictSource.rehearsing(chosen);
        if (meant.size() > 1) {
            throw new CommandFailure(ExitCode.USAGE,
                    VerdictSource.which(meant.stream().map(VerdictSource::candidate).toList()));
        }
        return meant.getFirst();
    }

    private String modelPath() {
        return "/models/" + ManagementClient.escaped(model);
    }

    private String path(JsonNode chosen, String rest) {
        return modelPath() + "/challengers/" + ManagementClient.escaped(VerdictSource.qualified(chosen)) + rest;
    }

    private String query() {
        return "/comparisons?order=worst&limit=" + worst
                + (segment == null ? "" : "&segment=" + ManagementClient.escaped(segment));
    }
}
