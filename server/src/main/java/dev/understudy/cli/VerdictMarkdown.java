package dev.understudy.cli;

import java.util.ArrayList;
import java.util.List;

/// A verdict as Markdown, for a comment on a pull request. Immutable.
record VerdictMarkdown(VerdictSheet sheet) {
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("### Understudy: **" + sheet.decision().replace('_', ' ') + "** for " + escaped(sheet.challenger())
                + " of " + escaped(sheet.model()));
        lines.add("");
        lines.add(escaped(sheet.reason()));
        lines.add("");
        lines.add("| criterion | outcome | estimate | between | limit | samples | odds | still needed |");
        lines.add("|---|---|--:|---|--:|--:|---|---|");
        for (VerdictSheet.Line line : sheet.lines()) {
            lines.add("| " + String.join(" | ",
                    List.of(line.criterion(), line.outcome(), line.estimate(), line.interval(), line.limit(),
                            line.samples(), line.odds(), line.needed()).stream().map(VerdictMarkdown::escaped).toList())
                    + " |");
        }
        lines.add("");
        sheet.failingSegments().forEach(each -> lines.add("- segment " + escaped(each)));
        sheet.closedGates().forEach(each -> lines.add("- gate " + escaped(each)));
        sheet.alerts().forEach(each -> lines.add("- **alert** " + escaped(each)));
        sheet.remarks().forEach(each -> lines.add("- " + escaped(each)));
        return lines;
    }

    /// Text that clients and configuration chose, without what Markdown would take for its own. A backslash does not
    /// keep a host of repositories from taking `@name` for a person and `#7` for an issue, since it looks for them in
    /// what Markdown has become; a space without width does.
    private static String escaped(String text) {
        return text.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?").replaceAll("([\\\\`*_~$<>|\\[\\]&])", "\\\\$1")
                .replaceAll("([@#])", "$1&#8203;").replaceAll("(?i)(https?|ftp)(?=://)|\\bwww(?=\\.)", "$0&#8203;");
    }
}
