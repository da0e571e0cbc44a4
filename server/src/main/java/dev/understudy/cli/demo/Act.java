package dev.understudy.cli.demo;

import java.util.List;

/// One part of the demonstration.
///
/// @param title     what the audience reads meanwhile
/// @param share     of the whole time, 0..1
/// @param rateTimes how many times faster than asked for it plays
/// @param latency   what its latencies count as
/// @param drops     files copied into the watched folder when it begins
record Act(String title, double share, int rateTimes, Books latency, List<String> drops) {
    /// Where latencies are booked.
    enum Books {
        /// Nowhere: while the Java runtime compiles, they are its own more than the model's.
        NOWHERE, ALONE, SHADOWED
    }

    /// A challenger that must be found out.
    static final String WORSE = "worse-on-eight";
    /// A challenger that deserves the part.
    static final String BETTER = "better";
    /// A challenger that must be turned away before it runs.
    static final String BROKEN = "wrong-input";

    static final List<Act> ALL = List.of(new Act("warming up", 0.15, 4, Books.NOWHERE, List.of()),
            new Act("warmed up, back to the steady rate", 0.05, 1, Books.NOWHERE, List.of()),
            new Act("the champion alone", 0.2, 1, Books.ALONE, List.of()),
            new Act("a challenger was dropped in: " + WORSE, 0.3, 1, Books.SHADOWED, List.of(WORSE + ".onnx")),
            new Act("two more: " + BETTER + ", and one that cannot take the part: " + BROKEN, 0.3, 1, Books.SHADOWED,
                    List.of(BETTER + ".onnx", "broken/" + BROKEN + ".onnx")));

    Act {
        drops = List.copyOf(drops);
    }
}
