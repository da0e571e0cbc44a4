package dev.understudy.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.understudy.cli.Terminal;
import dev.understudy.models.Digits;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SceneTextTest {
    private static final Latency NONE = new Latency(0, 0, 0, 0, 0);

    private static Scene scene(double seconds, List<Integer> byDigit) throws Exception {
        return scene(seconds, byDigit, new Latency(9, 610, 1420, 60, 300), NONE);
    }

    private static Scene scene(double seconds, List<Integer> byDigit, Latency alone, Latency shadowed)
            throws Exception {
        JsonNode model = JsonMapper.builder().build().readTree("""
                {"name":"digits","champion":{"version":"1","sha256":"00"},"sample_rate":1,"challengers":[
                 {"version":"worse-on-eight","sha256":"11","state":"shadowing","agreement":0.95,"coverage":1,
                  "ledger":{"sampled":200,"compared":200,"shed":{},"failed":{},"in_flight":0}}]}""");
        var seen = new Scene.Seen(Digits.load().heldOut().getFirst(), "8", "3");
        return new Scene(Act.ALL.getLast(), seconds, 200, 1000, 0, 950, alone, shadowed, model,
                "worse-on-eight", List.of(seen, seen), byDigit);
    }

    @Test
    void theDigitThatMostDisagreementsAreAboutIsNamed() throws Exception {
        SceneText text = new SceneText(Terminal.PLAIN);
        assertEquals("of its 9 worst disagreements, 7 are about the digit 8",
                text.diagnosis(scene(1, List.of(0, 2, 0, 0, 0, 0, 0, 0, 7, 0))));
        assertEquals("", text.diagnosis(scene(1, List.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0))));
    }

    @Test
    void aLineSaysHowTheChallengersDo() throws Exception {
        assertEquals(
                "  2.0 s  1,000 answered, 0 failed, p50 0.61 ms  p99 1.42 ms; worse-on-eight shadowing, 200 compared, "
                        + "95.0 % agree, coverage 100 %",
                new SceneText(Terminal.PLAIN).line(scene(2, List.of())));
        assertEquals("p50 -  p99 -", NONE.text());
    }

    @Test
    void latenciesThatABusyMachineMadeAreNotShownWithoutSayingSo() throws Exception {
        Latency quiet = new Latency(900, 610, 1420, 60, 300);
        Latency slower = new Latency(900, 800, 2400, 60, 300);
        assertFalse(saysBusy(quiet, NONE));
        assertFalse(saysBusy(quiet, slower));
        assertFalse(saysBusy(NONE, NONE));
        assertTrue(saysBusy(new Latency(900, 610, 9000, 60, 6000), slower), "the player waited for a processor");
        assertTrue(saysBusy(quiet, new Latency(900, 5000, 90_000, 3000, 6000)), "so it did here");
        assertTrue(saysBusy(new Latency(900, 610, 97_000, 60, 300), slower), "nothing gets faster by rehearsing");
    }

    private static boolean saysBusy(Latency alone, Latency shadowed) throws Exception {
        return new SceneText(Terminal.PLAIN).facts(scene(1, List.of(), alone, shadowed)).stream()
                .anyMatch(line -> line.contains("too busy for such figures"));
    }

    @Test
    void aTerminalIsRedrawnInPlaceAndAPipeNever() throws Exception {
        StringWriter piped = new StringWriter();
        Screen plain = new Screen(new PrintWriter(piped), Terminal.PLAIN, 24);
        plain.show(scene(0, List.of()));
        plain.show(scene(0.5, List.of()));
        plain.show(scene(2.5, List.of()));
        assertEquals(2, piped.toString().lines().count());
        assertFalse(piped.toString().contains("\u001b"));

        StringWriter drawn = new StringWriter();
        Screen screen = new Screen(new PrintWriter(drawn), new Terminal(true, false, true), 50);
        screen.show(scene(0, List.of()));
        int height = (int) drawn.toString().lines().count() - 1;
        assertFalse(drawn.toString().contains("A\r\u001b[J"));
        screen.show(scene(0.5, List.of()));
        assertTrue(drawn.toString().contains("\u001b[" + height + "A\r\u001b[J"), drawn.toString());
        assertTrue(drawn.toString().contains("champion: 8"), drawn.toString());

        StringWriter low = new StringWriter();
        Screen small = new Screen(new PrintWriter(low), new Terminal(true, false, true), 5);
        small.show(scene(0, List.of()));
        assertTrue(low.toString().lines().count() <= 5, "what scrolls away cannot be drawn over: " + low);
        small.end(scene(1, List.of()), List.of());
        assertTrue(low.toString().contains("champion: 8"), "the last frame stays whole");
    }
}
