package dev.understudy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `understudy status`: who is champion, who rehearses, and how well.
@Command(name = "status", mixinStandardHelpOptions = true, versionProvider = VersionText.class, description = "Shows each model's champion and challengers: coverage, agreement and what was dropped.")
final class StatusCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "MODEL", arity = "0..1", description = "Only this model.")
    private @Nullable String model;

    @Mixin
    private ClientOptions options = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    StatusCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws CommandFailure {
        PrintWriter out = spec.commandLine().getOut();
        try (ManagementClient client = options.client()) {
            String path = model == null ? "/models" : "/models/" + ManagementClient.escaped(model);
            if (options.json()) {
                out.println(client.text(path));
            } else {
                JsonNode answer = client.json(path);
                lines(answer.isArray() ? answer.valueStream().toList() : List.of(answer), terminal)
                        .forEach(out::println);
            }
        }
        return ExitCode.OK;
    }

    /// The page as a person reads it.
    static List<String> lines(List<JsonNode> models, Terminal terminal) {
        if (models.isEmpty()) {
            return List.of("no models");
        }
        return models.stream().flatMap(each -> new StatusPage(each, terminal).lines().stream()).toList();
    }
}
