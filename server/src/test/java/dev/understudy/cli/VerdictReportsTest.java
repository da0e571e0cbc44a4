package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/// What build servers and pull requests show of a verdict.
final class VerdictReportsTest {
    private static final String HOSTILE = "\u0000\u001b[2J\uD800\uFFFE\"'<&>";

    private static VerdictSheet sheet(String model, String challenger, String decision, String outcome,
            String criterion) {
        ObjectNode verdict = JsonMapper.builder().build().createObjectNode().put("decision", decision).put("reason",
                "because of " + criterion);
        verdict.putArray("criteria").addObject().put("criterion", criterion).put("outcome", outcome)
                .put("unit", "percent").put("estimate", 0.96).put("low", 0.93).put("high", 0.98).put("limit", 0.99)
                .put("samples", 100).put("needed", "about 500 more");
        verdict.putArray("segments").addObject().put("criterion", "agreement").put("segment", criterion)
                .put("failing", true);
        return new VerdictSheet(model, challenger, verdict);
    }

    /// The document's root, as any reader of XML reads it.
    private static Element read(VerdictSheet sheet) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder()
                .parse(new InputSource(new StringReader(new JunitReport(sheet).xml()))).getDocumentElement();
    }

    private static List<String> counts(Element suite) {
        return List.of(suite.getAttribute("tests"), suite.getAttribute("failures"), suite.getAttribute("skipped"));
    }

    private static List<Integer> cases(Element suite) {
        return List.of(suite.getElementsByTagName("testcase").getLength(),
                suite.getElementsByTagName("failure").getLength(), suite.getElementsByTagName("skipped").getLength());
    }

    @Test
    void aReportCountsWhatItHolds() throws Exception {
        Element promoted = read(sheet("digits", "2", "promote", "pass", "agreement"));
        assertEquals(List.of("2", "0", "0"), counts(promoted));
        assertEquals(List.of(2, 0, 0), cases(promoted));
        Element rejected = read(sheet("digits", "2", "reject", "fail", "agreement"));
        assertEquals(List.of("2", "2", "0"), counts(rejected));
        assertEquals(List.of(2, 2, 0), cases(rejected));
        for (String decision : List.of("watch", "not_enough_evidence")) {
            Element waiting = read(sheet("digits", "2", decision, "undecided", "agreement"));
            assertEquals(List.of("2", "0", "2"), counts(waiting));
            assertEquals(List.of(2, 0, 2), cases(waiting));
            Element last = (Element) waiting.getElementsByTagName("skipped").item(1);
            assertEquals(decision + ": because of agreement", last.getAttribute("message"));
        }
    }

    @Test
    void whatNobodyDeclaredIsMarkedAndFailsNoBuild() throws Exception {
        VerdictSheet sheet = sheet("digits", "2", "watch", "fail", "agreement");
        ((ObjectNode) sheet.verdict().at("/criteria/0")).put("declared", false);
        ((ObjectNode) sheet.verdict().at("/segments/0")).put("declared", false);
        Element suite = read(sheet);
        assertEquals(List.of("2", "0", "2"), counts(suite));
        assertEquals(List.of(2, 0, 2), cases(suite));
        assertEquals("agreement (default)",
                ((Element) suite.getElementsByTagName("testcase").item(0)).getAttribute("name"));
        assertTrue(((Element) suite.getElementsByTagName("skipped").item(0)).getAttribute("message")
                .startsWith("not declared, so nothing hangs on it: "));
        for (List<String> lines : List.of(new VerdictMarkdown(sheet).lines(),
                new VerdictPage(sheet, Terminal.PLAIN).lines())) {
            assertEquals(2, lines.stream().filter(line -> line.contains("agreement (default)")).count(),
                    lines::toString);
        }
    }

    @Test
    void aDeclaredRuleThatIsNotInForceIsSaidInOneLineEverywhere() throws Exception {
        String alert = "comparators: the model has no output scroes; it has scores";
        VerdictSheet sheet = sheet("digits", "2", "promote", "pass", "agreement");
        ((ObjectNode) sheet.verdict()).putArray("alerts").add(alert);
        for (List<String> lines : List.of(new VerdictMarkdown(sheet).lines(),
                new VerdictPage(sheet, Terminal.PLAIN).lines())) {
            assertEquals(1, lines.stream().filter(line -> line.contains("alert") && line.contains(alert)).count(),
                    lines::toString);
        }
        Element suite = read(sheet);
        assertEquals(1, suite.getElementsByTagName("system-out").getLength());
        assertEquals("alert: " + alert, suite.getElementsByTagName("system-out").item(0).getTextContent());
        assertEquals(List.of("2", "0", "0"), counts(suite), "it fails no build");
    }

    @Test
    void whateverNamesHoldTheReportIsXml() throws Exception {
        Element suite = read(sheet("m" + HOSTILE, "c" + HOSTILE, "reject", "fail", "agreement " + HOSTILE));
        String shown = "??[2J??\"'<&>";
        assertEquals("understudy verdict m" + shown + " c" + shown, suite.getAttribute("name"));
        Element first = (Element) suite.getElementsByTagName("testcase").item(0);
        assertEquals("understudy.m" + shown + ".c" + shown, first.getAttribute("classname"));
        assertTrue(first.getAttribute("name").startsWith("agreement ??[2J"), first.getAttribute("name"));
    }

    @Test
    void aCommentPingsNobodyLinksNothingAndKeepsItsTable() {
        String name = "@team #7 a|b `x` &commat;you <b> [l](u) ~~s~~ $x$ http://e.org WWW.e.org\u2028\r\n| x";
        List<String> lines = new VerdictMarkdown(sheet("m`@a", "2@1f0c22ab", "reject", "fail", name)).lines();
        for (String line : lines) {
            String plain = line.replaceAll("[@#]&#8203;", "").replace("&#8203;", "").replaceFirst("^### ", "");
            assertFalse(plain.contains("@") || plain.contains("#"), line);
            assertFalse(line.matches("(?s).*(?<!\\\\)(&(?!#8203;)|[`<]).*"), line);
            assertFalse(line.contains("http://") || line.contains("WWW."), line);
            assertEquals(1, line.lines().count() + (line.isEmpty() ? 1 : 0), line);
            assertFalse(line.contains("\u2028"), line);
        }
        assertTrue(lines.getFirst().endsWith(" for 2@&#8203;1f0c22ab of m\\`@&#8203;a"), lines.getFirst());
        String row = lines.stream().filter(line -> line.startsWith("| @")).findFirst().orElseThrow();
        assertEquals(9, row.replace("\\|", "").chars().filter(each -> each == '|').count(), row);
    }
}
