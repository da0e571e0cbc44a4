package dev.understudy.benchmarks.lane;

import ai.onnxruntime.OrtException;
import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.Mark.Bound;
import dev.understudy.benchmarks.Rounds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Measures what shadowing costs the champion, in process and over HTTP, beside what people do without this program, and
/// prints the marks as a table. The model is the 0.4 ms perceptron, its challenger the same graph.
public final class LaneMarks {
    private static final String AGAIN = "off, again";
    private static final String FORK = "own executor";

    private final Plan plan;
    private final List<Mark> marks = new ArrayList<>();

    /// How long to measure.
    ///
    /// @param rounds of the marks of half load
    /// @param turns  of each side in a round of those
    /// @param others rounds of everything else, of two turns
    private record Plan(int rounds, int turns, int others) {
        static final OpenLoop LOOP = new OpenLoop(0.3, 2);

        static Plan of(String name) {
            return switch (name) {
                case "full" -> new Plan(9, 6, 5);
                case "quick" -> new Plan(3, 3, 2);
                default -> throw new IllegalArgumentException("full or quick, not " + name);
            };
        }
    }

    private LaneMarks(Plan plan) {
        this.plan = plan;
    }

    /// Exits with 1 when a mark is missed.
    ///
    /// @param args `full` or `quick`, the folder of Fastify's server, and the seed
    public static void main(String[] args) throws IOException, OrtException {
        OpenLoop.wakePunctually();
        long seed = args.length > 2 ? Long.parseLong(args[2]) : 1;
        LaneMarks lane = new LaneMarks(Plan.of(args[0]));
        Subject subject = Subject.mlp();
        lane.inProcess(subject, seed);
        lane.overHttp(subject, seed, Path.of(args[1]));
        System.out.println(Mark.table(lane.marks));
        System.exit(lane.marks.stream().allMatch(Mark::met) ? 0 : 1);
    }

    private void inProcess(Subject subject, long seed) throws IOException, OrtException {
        try (Sides sides = new Sides()) {
            Side off = sides.add(EngineSide.of(Mode.OFF, subject));
            for (Mode mode : List.of(Mode.NONE, Mode.PRIORITY, Mode.PACED)) {
                sides.add(EngineSide.of(mode, subject));
            }
            sides.add(new ForkSide(FORK, subject, 1));
            sides.add(EngineSide.again(AGAIN, subject));
            Capacity capacity = sides.warmUp(off);
            System.out.println("In process, " + subject.name() + ": " + capacity + "\n");

            List<Side> marked = sides.named(Mode.OFF.label(), Mode.PACED.label(), AGAIN);
            double rate = capacity.sequential();
            Results half = new Contest("half load", rate * 0.5, Plan.LOOP, plan.turns, seed).run(marked, plan.rounds);
            Results every = contest("half load, every way", rate * 0.5, seed).run(sides.all(), plan.others);
            Results high = contest("70% load", rate * 0.7, seed).run(marked, plan.others);
            Results over = contest("overload", capacity.saturated() * 1.2, seed).run(marked, plan.others);
            halfLoad(half);
            instead(every);
            highLoad(high);
            overload(over);
        }
    }

    private static Contest contest(String what, double perSecond, long seed) {
        return new Contest(what, perSecond, Plan.LOOP, 2, seed);
    }

    /// The half that shadowing may cost is asked of device time, which is what the engine itself reports. Processor time has all
    /// in it that the process does besides, and is held to less than serving takes.
    private void halfLoad(Results half) {
        String paced = Mode.PACED.label();
        mark("half load: champion p99, paced / off", half.ratio(paced, 99), Bound.atMost(1.10, 1.02));
        mark("half load: champion p50, paced / off", half.ratio(paced, 50), Bound.atMost(1.10));
        mark("half load: coverage, paced", half.rounds(paced, Turn::coverage), Bound.atLeast(0.95, 0.95));
        mark("half load: cost of shadowing, paced", half.rounds(paced, Turn::deviceCost), Bound.atMost(0.5));
        mark("half load: processor time of shadowing / of serving, paced", half.processorCost(paced), Bound.atMost(1));
    }

    private void instead(Results every) {
        String paced = Mode.PACED.label();
        mark("half load: champion p99, " + FORK + " / paced",
                every.rounds(FORK, turn -> turn.millis(99)).over(every.rounds(paced, turn -> turn.millis(99))),
                Bound.atLeast(1, 1));
        mark("half load: CPU time a comparison, " + FORK + " / paced",
                every.beside(FORK, Turn::shadowMillis).over(every.beside(paced, Turn::shadowMillis)),
                Bound.atLeast(1, 1));
    }

    private void highLoad(Results high) {
        String paced = Mode.PACED.label();
        mark("70% load: champion p99, paced / off", high.ratio(paced, 99), Bound.atMost(1.25));
        mark("70% load: requests missing in the ledger", high.rounds(paced, Turn::unaccounted),
                Bound.atMostInEveryRound(0));
    }

    private void overload(Results over) {
        String paced = Mode.PACED.label();
        mark("overload: goodput, paced / off",
                over.beside(paced, (mine, alone) -> mine.goodPerSecond() / alone.goodPerSecond()),
                Bound.atLeast(0.97, 0.97));
        mark("overload: p99 until a refusal, paced", over.rounds(paced, turn -> turn.refusalMillis(99)),
                Bound.atMostMillis(10));
        mark("overload: requests missing in the ledger", over.rounds(paced, Turn::unaccounted),
                Bound.atMostInEveryRound(0));
        List<Turn> turns = over.of(paced);
        mark("overload: memory after the last round / after the first",
                new Rounds(turns.getLast().residentMiB() / turns.getFirst().residentMiB()), Bound.atMost(1.1, 1));
    }

    private void overHttp(Subject subject, long seed, Path fastify) throws IOException {
        try (HttpStage stage = HttpStage.start(subject, List.of(Mode.NONE, Mode.PACED), Optional.of(fastify))) {
            Sides sides = stage.sides();
            Capacity capacity = sides.warmUp(sides.all().getFirst());
            System.out.println("Over HTTP, " + subject.name() + ": " + capacity + "\n");
            Results half = contest("half load over HTTP", capacity.sequential() * 0.5, seed)
                    .run(sides.all(), plan.others);
            if (half.has(HttpStage.NGINX_MIRROR)) {
                String paced = Mode.PACED.label();
                mark("over HTTP, half load: champion p99, nginx mirror / paced",
                        half.rounds(HttpStage.NGINX_MIRROR, turn -> turn.millis(99))
                                .over(half.rounds(paced, turn -> turn.millis(99))),
                        Bound.atLeast(1, 1));
                mark("over HTTP, half load: CPU time a comparison, nginx mirror / paced",
                        half.beside(HttpStage.NGINX_MIRROR, Turn::shadowMillis)
                                .over(half.beside(paced, Turn::shadowMillis)),
                        Bound.atLeast(1, 1));
            }
        }
    }

    private void mark(String what, Rounds rounds, Bound bound) {
        marks.add(new Mark(what, rounds, bound));
    }
}
