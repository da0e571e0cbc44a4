package dev.understudy.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.models.Digit;
import java.util.List;

/// What there is to see at one instant of the demonstration, all of it read from the running server. Immutable.
///
/// @param alone      the champion's latency before any challenger was there
/// @param shadowed   the champion's latency since
/// @param model      the management API's view of the model
/// @param challenger whose differences are shown, empty before the first comparison
/// @param worst      its worst differences, with the digits they are about
/// @param byDigit    among its worst differences that do not agree, how many are of each digit
record Scene(Act act, double elapsedSeconds, int rate, long answered, long failed, long right, Latency alone,
        Latency shadowed, JsonNode model, String challenger, List<Seen> worst, List<Integer> byDigit) {
    Scene {
        worst = List.copyOf(worst);
        byDigit = List.copyOf(byDigit);
    }

    /// A digit and what the two made of it.
    record Seen(Digit digit, String championAnswer, String challengerAnswer) {}
}
