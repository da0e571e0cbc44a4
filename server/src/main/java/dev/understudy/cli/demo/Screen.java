package dev.understudy.cli.demo;

import dev.understudy.cli.Terminal;
import java.io.PrintWriter;
import java.util.List;

/// Where scenes appear: redrawn in place on a terminal, line after line elsewhere. Not thread-safe; owned by the demo.
final class Screen {
    private static final double PLAIN_EVERY_SECONDS = 2;

    private final PrintWriter out;
    private final boolean redraw;
    private final SceneText text;
    private final int rows;
    private int height;
    private double nextLineSeconds;

    /// @param rows of the terminal: what was drawn above them cannot be drawn over
    Screen(PrintWriter out, Terminal terminal, int rows) {
        this.out = out;
        redraw = terminal.interactive();
        text = new SceneText(terminal);
        this.rows = rows;
    }

    /// Shows how things stand.
    void show(Scene scene) {
        if (redraw) {
            List<String> frame = text.frame(scene);
            draw(frame.subList(0, Math.min(frame.size(), Math.max(1, rows - 1))));
        } else if (scene.elapsedSeconds() >= nextLineSeconds) {
            nextLineSeconds = scene.elapsedSeconds() + PLAIN_EVERY_SECONDS;
            out.println(text.line(scene));
        }
        out.flush();
    }

    /// Something happened that a redrawn screen shows by itself.
    void event(String what) {
        if (!redraw) {
            out.println(what);
            out.flush();
        }
    }

    /// The last scene, which stays, and what it means.
    void end(Scene scene, List<String> summary) {
        draw(text.frame(scene));
        String diagnosis = text.diagnosis(scene);
        if (!diagnosis.isEmpty()) {
            out.println(diagnosis);
        }
        out.println();
        summary.forEach(out::println);
        out.flush();
    }

    /// Lines too long for the terminal are cut there, not wrapped: the next frame must know how far up to go.
    private void draw(List<String> lines) {
        if (!redraw) {
            lines.forEach(out::println);
            return;
        }
        StringBuilder frame = new StringBuilder("\u001b[?7l");
        if (height > 0) {
            frame.append("\u001b[").append(height).append("A\r\u001b[J");
        }
        lines.forEach(line -> frame.append(line).append('\n'));
        out.print(frame.append("\u001b[?7h"));
        height = lines.size();
    }
}
