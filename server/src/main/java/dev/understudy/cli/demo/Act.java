package dev.understudy.cli.demo;

import java.util.List;

/// One part of the demonstration.
///
/// @param title what the audience reads meanwhile
/// @param share of the whole time, 0..1
/// @param drops files copied into the watched folder when it begins
record Act(String title, double share, List<String> drops) {
    /// A challenger that must be found out.
    static final String WORSE = "worse-on-eight";
    /// A challenger that deserves the part.
    static final String BETTER = "better";
    /// A challenger that must be turned away before it runs.
    static final String BROKEN = "wrong-input";

    static final Act WARM_UP = new Act("warming up", 0.15, List.of());
    static final Act ALONE = new Act("the champion alone", 0.2, List.of());
    static final Act REHEARSAL = new Act("a challenger was dropped in: " + WORSE, 0.35, List.of(WORSE + ".onnx"));
    static final Act TWO_MORE = new Act("two more: " + BETTER + ", and one that cannot take the part: " + BROKEN, 0.3,
            List.of(BETTER + ".onnx", "broken/" + BROKEN + ".onnx"));

    static final List<Act> ALL = List.of(WARM_UP, ALONE, REHEARSAL, TWO_MORE);

    Act {
        drops = List.copyOf(drops);
    }
}
