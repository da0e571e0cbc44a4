package dev.understudy.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.cli.CommandFailure;
import dev.understudy.cli.ExitCode;
import dev.understudy.cli.Installation;
import dev.understudy.cli.StopSignals;
import dev.understudy.cli.Terminal;
import dev.understudy.cli.VerdictPage;
import dev.understudy.cli.VersionText;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.models.Digits;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `understudy demo`: serves real digits, drops challengers in, and shows what becomes of them.
@Command(name = "demo", mixinStandardHelpOptions = true, versionProvider = VersionText.class, header = "Shows it all on real handwritten digits, and leaves nothing behind.", description = {
    "",
    "Serves the models that ship with understudy on free ports, plays digits to them over HTTP, and drops challengers into the watched folder while you look on. Everything shown is read from the running server.",
    ""})
public final class DemoCommand implements Callable<Integer> {
    private static final long FRAME_MILLIS = 250;
    private static final double PATIENCE_SECONDS = 20;
    /// How much longer than its act a decision may take, as a share of the whole time.
    private static final double DECISION_SHARE = 0.6;
    private static final int SECONDS_MIN = 4;
    private static final int SECONDS_MAX = 3600;
    private static final int RATE_MAX = 5000;
    private static final String INPUT = "image";

    private final Terminal terminal;
    private final Queue<LogEvent> troubles = new ConcurrentLinkedQueue<>();

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "30", description = "How long it plays (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--rate", paramLabel = "N", defaultValue = "200", description = "Requests a second (default: ${DEFAULT-VALUE}).")
    private int rate;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws CommandFailure, IOException, InterruptedException {
        if (seconds < SECONDS_MIN || seconds > SECONDS_MAX || rate < 1 || rate > RATE_MAX) {
            throw new CommandFailure(ExitCode.USAGE, "--seconds takes " + SECONDS_MIN + " to " + SECONDS_MAX
                    + ", --rate 1 to " + RATE_MAX);
        }
        StopSignals signals = StopSignals.install();
        PrintWriter out = spec.commandLine().getOut();
        try (DemoStage stage = DemoStage.open(this::hear)) {
            awaitReady(stage, signals);
            if (signals.asked()) {
                return signals.exitCode();
            }
            return play(stage, signals, new Screen(out, terminal, Terminal.rows()));
        }
    }

    private int play(DemoStage stage, StopSignals signals, Screen screen)
            throws CommandFailure, IOException, InterruptedException {
        Scene last;
        boolean complete = true;
        try (DigitPlayer player = new DigitPlayer(stage.infer(), INPUT, Digits.load().heldOut(), rate)) {
            Backstage backstage = new Backstage(stage, player, rate);
            double end = 0;
            for (Act act : Act.ALL) {
                player.setRate(rate * act.rateTimes());
                end = Math.max(end, backstage.elapsedSeconds()) + act.share() * seconds;
                complete &= perform(act, end, stage, backstage, screen, signals);
                backstage.book(act);
                if (signals.asked()) {
                    return signals.exitCode();
                }
            }
            last = backstage.look(Act.ALL.getLast());
            player.failure().ifPresent(what -> troubles.add(new LogEvent(Level.ERROR, "", what)));
        }
        // Of the same moment as the table above it.
        List<Judgement> judgements = Judgement.all(last.model());
        boolean good = succeeded(complete, last, judgements);
        screen.end(last, summary(last, judgements, good));
        return good ? ExitCode.OK : ExitCode.FAILED;
    }

    /// Whether it showed what it should. A verdict that is still open is no failure: it takes longer than the play.
    ///
    /// @param complete whether every challenger came where it should
    static boolean succeeded(boolean complete, Scene last, Collection<Judgement> judgements) {
        return complete && last.failed() == 0 && last.answered() > 0
                && judgements.stream().noneMatch(Judgement::wrong);
    }

    /// Drops the act's challengers and shows what happens until its time is up, or longer where they are slow to settle or
    /// to be judged.
    ///
    /// @return whether every challenger came where it should
    private boolean perform(Act act, double endSeconds, DemoStage stage, Backstage backstage, Screen screen,
            StopSignals signals) throws CommandFailure, IOException, InterruptedException {
        screen.event(act.title());
        withdraw(act, stage, signals);
        if (!act.criteria().isEmpty()) {
            stage.ask(act.criteria());
        }
        List<String> dropped = new ArrayList<>();
        for (String file : act.drops()) {
            dropped.add(stage.drop(file));
        }
        while (true) {
            Scene scene = backstage.look(act);
            screen.show(scene);
            boolean settled = dropped.stream().allMatch(version -> settled(scene.model(), version));
            boolean judged = judged(act, scene.model());
            double patience = settled ? judged ? 0 : DECISION_SHARE * seconds : PATIENCE_SECONDS;
            if (scene.elapsedSeconds() >= endSeconds + patience || signals.await(FRAME_MILLIS)) {
                return settled;
            }
        }
    }

    /// Takes challengers away and waits until they have left, so that the next question is not put to them.
    private static void withdraw(Act act, DemoStage stage, StopSignals signals)
            throws CommandFailure, IOException, InterruptedException {
        for (String version : act.withdraws()) {
            stage.withdraw(version);
        }
        long deadline = System.nanoTime() + (long) (PATIENCE_SECONDS * 1e9);
        boolean gone = act.withdraws().isEmpty();
        while (!gone && System.nanoTime() < deadline && !signals.await(FRAME_MILLIS)) {
            JsonNode model = stage.status();
            gone = act.withdraws().stream().allMatch(
                    version -> Backstage.challenger(model, version).path("state").asText().equals("retired"));
        }
    }

    /// Whether all who rehearse have the verdict they deserve; the act in which a challenger enters does not wait for it unless
    /// it is the last it plays in.
    private static boolean judged(Act act, JsonNode model) {
        return act.drops().contains(Act.WORSE + ".onnx")
                || Judgement.all(model).stream().filter(judgement -> rehearses(model, judgement.challenger()))
                        .allMatch(Judgement::deserved);
    }

    private static boolean rehearses(JsonNode model, String version) {
        return Backstage.challenger(model, version).path("state").asText().equals("shadowing");
    }

    /// Whether a challenger is where the demonstration wants it: compared with, or turned away.
    private static boolean settled(JsonNode model, String version) {
        return version.equals(Act.BROKEN)
                ? Backstage.challenger(model, version).path("state").asText().equals("refused")
                : Backstage.compared(model, version) > 0;
    }

    private List<String> summary(Scene last, Collection<Judgement> judgements, boolean good) {
        List<String> lines = new ArrayList<>();
        if (!judgements.isEmpty()) {
            lines.add("The verdict on each, as of when it last rehearsed:");
            lines.add("");
        }
        for (Judgement judgement : judgements) {
            VerdictPage page = new VerdictPage(judgement.sheet(), terminal);
            lines.addAll(page.brief());
            if (!judgement.deserved()) {
                lines.add("  " + terminal.yellow("not decided yet") + ": there was not enough to tell in " + seconds
                        + " s at " + rate + " a second; play longer");
            }
            lines.add("");
        }
        lines.add("The bounds hold for this stream, " + Digits.load().heldOut().size()
                + " digits replayed over and over; they say nothing about new digits.");
        for (LogEvent trouble : troubles) {
            lines.add(terminal.yellow(trouble.level().name()) + " " + trouble.message());
        }
        if (good) {
            lines.add("Every request was answered by the champion; no caller saw a challenger's answer.");
            String launcher = Installation.launcher();
            lines.add("Try next, where you started this:");
            lines.add("  cp -r models/repository /tmp/understudy-models");
            lines.add("  " + launcher + " serve --repository /tmp/understudy-models");
            lines.add("and while it runs, in another terminal:");
            lines.add("  cp models/challengers/better.onnx /tmp/understudy-models/digits/2.onnx && sleep 5");
            lines.add("  for i in $(seq 200); do curl -s -o /dev/null localhost:8000/v2/models/digits/infer"
                    + " -d @models/requests/digit.json; done");
            lines.add("  " + launcher + " status");
            lines.add("  " + launcher + " diffs digits --worst 5");
        } else {
            lines.add(terminal.red("The demo did not show what it should: ") + last.failed() + " requests failed, "
                    + last.answered() + " were answered.");
        }
        return lines;
    }

    private void hear(LogEvent event) {
        if (event.level() == Level.ERROR) {
            troubles.add(event);
        }
    }

    private static void awaitReady(DemoStage stage, StopSignals signals) throws CommandFailure, InterruptedException {
        long deadline = System.nanoTime() + (long) (PATIENCE_SECONDS * 1e9);
        while (!stage.ready() && !signals.await(FRAME_MILLIS)) {
            if (System.nanoTime() > deadline) {
                throw new CommandFailure(ExitCode.FAILED, "the champion did not become ready");
            }
        }
    }
}
