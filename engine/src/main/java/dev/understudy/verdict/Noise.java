package dev.understudy.verdict;

/// Says how often the models differ from themselves. Stateless.
final class Noise {
    private Noise() {}

    static String sentence(Evidence evidence) {
        Tally champion = ((RateTracker) evidence.tracker(Background.CHAMPION_NOISE)).total().all();
        Tally challenger = ((RateTracker) evidence.tracker(Background.CHALLENGER_NOISE)).total().all();
        if (champion.size() == 0 && challenger.size() == 0) {
            return "Neither model was run again, so it is not known how often they differ from themselves.";
        }
        String sentence = "Run again, " + said("the champion", champion) + " and " + said("the challenger", challenger)
                + ".";
        return champion.at(0) == 0
                ? sentence
                : sentence + " Agreement counts that against the challenger; extra_disagreement does not.";
    }

    private static String said(String model, Tally tally) {
        return tally.size() == 0
                ? model + " was not tried"
                : model + " differed from itself on " + Words.percent((double) tally.at(0) / tally.size()) + " of "
                        + Words.count(tally.size()) + " requests";
    }
}
