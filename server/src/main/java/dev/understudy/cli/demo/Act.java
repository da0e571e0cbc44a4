package dev.understudy.cli.demo;

import java.util.List;

/// One part of the demonstration.
///
/// @param title     what the audience reads meanwhile
/// @param share     of the whole time, 0..1
/// @param rateTimes how many times faster than asked for it plays
/// @param latency   what its latencies count as
/// @param criteria  what challengers must show from its beginning on, in YAML; empty where nothing changes
/// @param withdraws challengers whose files are taken away when it begins
/// @param drops     files copied into the watched folder when it begins
record Act(String title, double share, int rateTimes, Books latency, String criteria, List<String> withdraws,
        List<String> drops) {
    /// Where latencies are booked.
    enum Books {
        /// Nowhere: while the Java runtime compiles, they are its own more than the model's.
        NOWHERE, ALONE, SHADOWED
    }

    /// A challenger that must be found out.
    static final String WORSE = "worse-on-eight";
    /// A challenger that deserves the part.
    static final String BETTER = "better";
    /// A challenger that does the same by other numbers.
    static final String EQUAL = "equal";
    /// A challenger that must be turned away before it runs.
    static final String BROKEN = "wrong-input";

    /// Is it right more often? Nothing is asked of time, which a few seconds say nothing about, nor of how much of the
    /// traffic was compared, which depends on the machine.
    static final String MORE_RIGHT = """
            promote_when:
            - accuracy_gain: {at_least: 0 points}
            watch_at_least: 0
            min_coverage: 0%
            min_labels: 500
            """;
    /// Does it do the same?
    static final String THE_SAME = """
            promote_when:
            - agreement: {at_least: 99%}
            - agreement: {at_least: 99%, output: probabilities, agree_means: {rule: within, max_abs: 0.01}}
            watch_at_least: 0
            min_coverage: 0%
            """;

    static final List<Act> ALL = List.of(
            new Act("warming up", 0.15, 4, Books.NOWHERE, MORE_RIGHT, List.of(), List.of()),
            new Act("warmed up, back to the steady rate", 0.05, 1, Books.NOWHERE, "", List.of(), List.of()),
            new Act("the champion alone", 0.15, 1, Books.ALONE, "", List.of(), List.of()),
            new Act("a challenger was dropped in: " + WORSE, 0.2, 1, Books.SHADOWED, "", List.of(),
                    List.of(WORSE + ".onnx")),
            new Act("two more: " + BETTER + ", and one that cannot take the part: " + BROKEN, 0.25, 1, Books.SHADOWED, "",
                    List.of(), List.of(BETTER + ".onnx", "broken/" + BROKEN + ".onnx")),
            new Act("another question: does " + EQUAL + ", at half precision, do the same?", 0.2, 1, Books.SHADOWED,
                    THE_SAME, List.of(WORSE, BETTER), List.of(EQUAL + ".onnx")));

    Act {
        withdraws = List.copyOf(withdraws);
        drops = List.copyOf(drops);
    }
}
