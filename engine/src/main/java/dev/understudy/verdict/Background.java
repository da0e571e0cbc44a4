package dev.understudy.verdict;

import java.util.List;

/// The questions evidence is always kept on. Stateless.
final class Background {
    static final String AGREEMENT = "background: agreement";
    static final String ANSWERS = "background: answers";
    static final String CHAMPION_NOISE = "background: champion agrees with itself";
    static final String CHALLENGER_NOISE = "background: challenger agrees with itself";
    static final String COMPARED_TIME = "background: champion's time, compared";
    static final String SHED_TIME = "background: champion's time, shed";

    static final List<Criterion> CRITERIA = List.of(
            question(AGREEMENT, Family.AGREEMENT, new Question.Agreement(null, 0)),
            question(ANSWERS, Family.ERRORS, new Question.Answers()),
            question(CHAMPION_NOISE, Family.AGREEMENT, new Question.Noise(false)),
            question(CHALLENGER_NOISE, Family.AGREEMENT, new Question.Noise(true)),
            question(COMPARED_TIME, Family.LATENCY, new Question.ChampionTime(false)),
            question(SHED_TIME, Family.LATENCY, new Question.ChampionTime(true)));

    private Background() {}

    private static Criterion question(String key, Family family, Question question) {
        return new Criterion.Rate(key, family, question, Reading.SHARE, 0.5, 0.5, 0.5, false, 0, null);
    }
}
