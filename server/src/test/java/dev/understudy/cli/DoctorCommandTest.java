package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.understudy.checkup.Checkup;
import dev.understudy.checkup.Checkup.Place;
import dev.understudy.checkup.Finding;
import dev.understudy.checkup.Finding.Mark;
import dev.understudy.runtime.DeviceChoice;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class DoctorCommandTest {
    private static final Checkup CHECKUP = new Checkup(
            List.of(new Finding("java", Mark.OK, "25", ""),
                    new Finding("cuda driver", Mark.MISSING, "absent", "get one"),
                    new Finding("idle class", Mark.NOTE, "refused", "")),
            List.of(new Place("cpu", "", "paced")), true, "Understudy can serve on: cpu (isolation paced)");

    private final StringWriter out = new StringWriter();

    private int run(String... args) {
        CommandLine line = Main.commandLine(Terminal.PLAIN);
        line.setOut(new PrintWriter(out));
        return line.execute(args);
    }

    @Test
    void aFindingIsALineAndTheVerdictTheLast() {
        assertEquals("""
                ok      java         25
                missing cuda driver  absent; get one
                note    idle class   refused
                Understudy can serve on: cpu (isolation paced)""",
                String.join("\n", DoctorCommand.lines(CHECKUP, Terminal.PLAIN)));
    }

    @Test
    void aScriptReadsTheSame() throws Exception {
        assertEquals(JsonMapper.builder().build().readTree("""
                {"device":"auto","serves":true,"places":[{"device":"cpu","name":"","isolation":"paced"}],
                 "findings":[{"subject":"java","mark":"ok","text":"25","remedy":""},
                             {"subject":"cuda driver","mark":"missing","text":"absent","remedy":"get one"},
                             {"subject":"idle class","mark":"note","text":"refused","remedy":""}],
                 "verdict":"Understudy can serve on: cpu (isolation paced)"}"""),
                DoctorCommand.json(CHECKUP, new DeviceChoice.Auto()));
    }

    @Test
    void thisMachinesProcessorServes() {
        assertEquals(ExitCode.OK, run("doctor", "--device", "cpu"));
        List<String> lines = out.toString().lines().toList();
        assertTrue(lines.getLast().startsWith("Understudy can serve on: cpu (isolation "), out.toString());
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("ok      onnxruntime")), out.toString());
        lines.subList(0, lines.size() - 1)
                .forEach(line -> assertTrue(line.matches("(ok     |missing|note   ) \\S.*"), line));
    }

    @Test
    void aDeviceThatIsNotThereMakesItFail() throws Exception {
        assertEquals(ExitCode.FAILED, run("doctor", "--json", "--device", "cuda:999"));
        JsonNode json = JsonMapper.builder().build().readTree(out.toString());
        assertEquals("cuda:999", json.path("device").asText());
        assertEquals(false, json.path("serves").asBoolean());
        assertTrue(json.path("verdict").asText().startsWith("Understudy cannot serve on cuda:999: "), json::toString);
    }
}
