package dev.understudy.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Rows of cells with their columns aligned: numbers right, the rest left. Not thread-safe; owned by its maker.
final class TextTable {
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9][0-9,.]*(e[-+]?\\d+)?( ?(%|ms|us)|x)?|-|inf|nan");
    private static final Pattern STYLE = Pattern.compile("\u001b\\[[0-9;]*m");
    private static final String GAP = "  ";

    private final String indent;
    private final List<List<String>> rows = new ArrayList<>();

    /// @param indent  put before every line
    /// @param heading one cell a column
    TextTable(String indent, String... heading) {
        this.indent = indent;
        rows.add(List.of(heading));
    }

    /// @param cells as many as the heading has, coloured or not
    void add(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + rows.getFirst().size() + " columns");
        }
        rows.add(List.of(cells));
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    /// The lines, without trailing blanks.
    List<String> lines() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        boolean[] right = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            right[column] = rows.size() > 1;
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], width(row.get(column)));
            }
            for (List<String> row : rows.subList(1, rows.size())) {
                right[column] &= NUMBER.matcher(plain(row.get(column))).matches();
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                String padding = " ".repeat(widths[column] - width(cell));
                line.append(column == 0 ? "" : GAP).append(right[column] ? padding + cell : cell + padding);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /// Without styles.
    private static String plain(String cell) {
        return STYLE.matcher(cell).replaceAll("");
    }

    private static int width(String cell) {
        String plain = plain(cell);
        return plain.codePointCount(0, plain.length());
    }
}
