package dev.understudy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.checkup.Checkup;
import dev.understudy.checkup.Checkup.Place;
import dev.understudy.checkup.Finding;
import dev.understudy.checkup.Inventory;
import dev.understudy.runtime.DeviceChoice;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `understudy doctor`: what this machine has for serving, and what to install. Writes nothing, needs no server.
@Command(name = "doctor", mixinStandardHelpOptions = true, versionProvider = VersionText.class, sortOptions = false, header = "Says on which devices models can be served here, and what to install.", description = {
    "",
    "Exits 0 when models can be served on the device (auto: on any), else 1. A line is ok, missing (in the way of that device) or a note.",
    ""})
final class DoctorCommand implements Callable<Integer> {
    private static final int MARK_WIDTH = 8;
    private static final String GAP = "  ";

    private final Terminal terminal;

    @Option(names = "--device", paramLabel = "DEVICE", description = "The device to look at: cpu, cuda, cuda:N or auto (default: auto).")
    private DeviceChoice device = new DeviceChoice.Auto();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    DoctorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Checkup checkup = Checkup.of(Inventory.take(device), device);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(checkup, device));
        } else {
            lines(checkup, terminal).forEach(out::println);
        }
        return checkup.serves() ? ExitCode.OK : ExitCode.FAILED;
    }

    /// One line a finding, and the verdict.
    static List<String> lines(Checkup checkup, Terminal terminal) {
        int width = checkup.findings().stream().mapToInt(finding -> finding.subject().length()).max().orElse(0);
        List<String> lines = new ArrayList<>();
        for (Finding finding : checkup.findings()) {
            lines.add(mark(finding.mark(), terminal) + " ".repeat(MARK_WIDTH - finding.mark().label().length())
                    + finding.subject() + " ".repeat(width - finding.subject().length()) + GAP + finding.line());
        }
        lines.add(terminal.bold(checkup.verdict()));
        return lines;
    }

    private static String mark(Finding.Mark mark, Terminal terminal) {
        return switch (mark) {
            case OK -> terminal.green(mark.label());
            case MISSING -> terminal.red(mark.label());
            case NOTE -> terminal.yellow(mark.label());
        };
    }

    /// The same for a script.
    static ObjectNode json(Checkup checkup, DeviceChoice asked) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("device", asked.label()).put("serves",
                checkup.serves());
        ArrayNode places = json.putArray("places");
        for (Place place : checkup.places()) {
            places.addObject().put("device", place.device()).put("name", place.name()).put("isolation",
                    place.isolation());
        }
        ArrayNode findings = json.putArray("findings");
        for (Finding finding : checkup.findings()) {
            findings.addObject().put("subject", finding.subject()).put("mark", finding.mark().label())
                    .put("text", finding.text()).put("remedy", finding.remedy());
        }
        return json.put("verdict", checkup.verdict());
    }
}
