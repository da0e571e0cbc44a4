package dev.understudy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `understudy status`: who is champion, who rehearses, and how well.
@Command(name = "status", mixinStandardHelpOptions = true, versionProvider = VersionText.class, header = "Shows each model's champion and challengers: how much of what was served is compared, agreement, what was dropped.", description = "")
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
                lines(answer, terminal).forEach(out::println);
            }
        }
        return ExitCode.OK;
    }

    /// The page as a person reads it.
    ///
    /// @param answer one model, or all of them and the alerts that concern none
    static List<String> lines(JsonNode answer, Terminal terminal) {
        if (!answer.has("models")) {
            return new StatusPage(answer, terminal).lines();
        }
        List<String> lines = new ArrayList<>();
        for (JsonNode model : answer.path("models")) {
            lines.addAll(new StatusPage(model, terminal).lines());
        }
        if (lines.isEmpty()) {
            lines.add("no models");
        }
        for (JsonNode alert : answer.path("alerts")) {
            lines.add(StatusPage.alert(alert, terminal));
        }
        return lines;
    }
}
