package dev.understudy.cli;

import java.util.ArrayList;
import java.util.List;

/// A verdict as lines for a terminal. Immutable.
public record VerdictPage(VerdictSheet sheet, Terminal terminal) {
    /// The whole sheet: the decision, a line a criterion, and what to know about it.
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(terminal.bold(sheet.model()) + "  challenger " + sheet.challenger() + "  "
                + decision(sheet.decision(), terminal) + "  " + sheet.reason());
        lines.addAll(table());
        sheet.failingSegments().forEach(each -> lines.add("  " + terminal.red("segment") + " " + each));
        sheet.closedGates().forEach(each -> lines.add("  " + terminal.yellow("gate") + " " + each));
        sheet.alerts().forEach(each -> lines.add("  " + terminal.red("alert") + " " + each));
        sheet.remarks().forEach(each -> lines.add("  " + terminal.dim(each)));
        return lines;
    }

    /// The decision, a line a criterion, and the segments that are missed.
    public List<String> brief() {
        List<String> lines = new ArrayList<>();
        lines.add(terminal.bold(sheet.challenger()) + "  " + decision(sheet.decision(), terminal) + "  "
                + sheet.reason());
        lines.addAll(table());
        sheet.failingSegments().forEach(each -> lines.add("  " + terminal.red("segment") + " " + each));
        return lines;
    }

    /// A line a criterion, none without criteria.
    public List<String> table() {
        TextTable table = new TextTable("  ", "criterion", "outcome", "estimate", "between", "limit", "samples", "odds",
                "still needed");
        for (VerdictSheet.Line line : sheet.lines()) {
            table.add(line.criterion(), outcome(line.outcome()), line.estimate(), line.interval(), line.limit(),
                    line.samples(), line.odds(), line.needed());
        }
        return table.isEmpty() ? List.of() : table.lines();
    }

    /// A decision in the colour it deserves.
    public static String decision(String decision, Terminal terminal) {
        return switch (decision) {
            case "promote" -> terminal.green(decision);
            case "reject" -> terminal.red(decision);
            default -> terminal.yellow(decision);
        };
    }

    private String outcome(String outcome) {
        return switch (outcome) {
            case "pass" -> terminal.green(outcome);
            case "fail" -> terminal.red(outcome);
            default -> terminal.yellow(outcome);
        };
    }
}
