package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.OutputNoise;
import dev.understudy.tensor.DataType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NoiseStatusTest {
    private static final OutputNoise LOUD = new OutputNoise("loud", DataType.FP32, List.of(2.0));
    private static final OutputNoise QUIET = new OutputNoise("quiet", DataType.FP32, List.of(0.1));
    private static final OutputNoise WILD = new OutputNoise("wild", DataType.FP32, List.of(Double.POSITIVE_INFINITY));

    private static NoiseStatus calibrated(List<OutputNoise> outputs, String... automatic) {
        return new NoiseStatus(new NoiseFloor(NoiseFloor.PAIRS_MAX, outputs), Set.of(automatic), true);
    }

    @Test
    void untilItIsCalibratedItSaysHowFarItIsAndOffersNothing() {
        NoiseStatus asked = new NoiseStatus(new NoiseFloor(120, List.of(LOUD)), Set.of("loud"), false);
        assertEquals(
                "Noise floor: calibrating, 120 of 500 second runs of the champion; until then tolerance: auto is the"
                        + " default tolerance.",
                asked.sentence());
        assertEquals(Optional.empty(), asked.offer(LOUD));
        assertEquals("Noise floor: calibrating, 0 of 500 second runs of the champion.", NoiseStatus.NONE.sentence());
    }

    @Test
    void thenItSaysWhatIsInForceAndWhatWouldCoverTheRest() {
        String start = "Noise floor of the champion's first 500 second runs: ";
        assertEquals(start + "the default tolerances cover it.", calibrated(List.of(QUIET), "quiet").sentence());
        assertEquals(start + "\"loud\": {rule: close, atol: 4.0E-5, rtol: 4.0E-4, on: 100%} would cover it;"
                + " \"wild\" differs from itself by what no tolerance covers.",
                calibrated(List.of(LOUD, QUIET, WILD)).sentence());
        assertEquals(
                start + "tolerance: auto of \"loud\" is atol 4.0E-5, rtol 4.0E-4; \"wild\" differs from itself by what"
                        + " no tolerance covers, so tolerance: auto stays the default.",
                calibrated(List.of(LOUD, WILD), "loud", "wild").sentence());
        assertEquals(Optional.of("\"quiet\": {rule: close, on: 100%}"), calibrated(List.of(QUIET)).offer(QUIET));
        assertEquals(Optional.empty(), calibrated(List.of(WILD)).offer(WILD));
    }

    @Test
    void aModelWithManyOutputsGetsNoEndlessSentence() {
        List<OutputNoise> many = IntStream.range(0, 20)
                .mapToObj(i -> new OutputNoise("o" + i, DataType.FP32, List.of(2.0))).toList();
        String sentence = calibrated(many).sentence();
        assertEquals(8, sentence.split(" would cover it", -1).length - 1, sentence);
        assertEquals("; and 12 more.", sentence.substring(sentence.length() - 14), sentence);
    }
}
