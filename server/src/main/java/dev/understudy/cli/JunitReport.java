package dev.understudy.cli;

import java.io.StringWriter;
import java.util.function.Predicate;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// A verdict as a JUnit report, which CI systems show: a case a criterion, failed when it fails and skipped while it is
/// undecided or where nobody declared it, and one for the decision. The model's alerts are what the suite says. Immutable.
record JunitReport(VerdictSheet sheet) {
    String xml() {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            attribute(xml, "name", "understudy verdict " + sheet.model() + " " + sheet.challenger());
            xml.writeAttribute("tests", String.valueOf(sheet.lines().size() + 1));
            xml.writeAttribute("failures", String.valueOf(count(JunitReport::fails) + (failed() ? 1 : 0)));
            xml.writeAttribute("skipped", String.valueOf(count(JunitReport::skips) + (undecided() ? 1 : 0)));
            for (VerdictSheet.Line line : sheet.lines()) {
                testcase(xml, line.criterion(), fails(line), skips(line),
                        (line.declared() ? "" : "not declared, so nothing hangs on it: ") + line.estimate() + ", "
                                + line.interval() + ", limit " + line.limit() + ", " + line.samples()
                                + " samples, odds " + line.odds() + (line.needed().isEmpty() ? "" : ": ")
                                + line.needed());
            }
            testcase(xml, "decision", failed(), undecided(), sheet.decision() + ": " + sheet.reason());
            if (!sheet.alerts().isEmpty()) {
                xml.writeStartElement("system-out");
                xml.writeCharacters(shown("alert: " + String.join("; ", sheet.alerts())));
                xml.writeEndElement();
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a report in memory can always be written", e);
        }
        return text + "\n";
    }

    private boolean failed() {
        return sheet.decision().equals("reject");
    }

    private boolean undecided() {
        return !failed() && !sheet.decision().equals("promote");
    }

    private static boolean fails(VerdictSheet.Line line) {
        return line.declared() && line.outcome().equals("fail");
    }

    private static boolean skips(VerdictSheet.Line line) {
        return !line.declared() || line.outcome().equals("undecided");
    }

    private long count(Predicate<VerdictSheet.Line> chosen) {
        return sheet.lines().stream().filter(chosen).count();
    }

    private void testcase(XMLStreamWriter xml, String name, boolean failed, boolean skipped, String message)
            throws XMLStreamException {
        xml.writeStartElement("testcase");
        attribute(xml, "classname", "understudy." + sheet.model() + "." + sheet.challenger());
        attribute(xml, "name", name);
        if (failed || skipped) {
            xml.writeStartElement(failed ? "failure" : "skipped");
            attribute(xml, "message", message);
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static void attribute(XMLStreamWriter xml, String name, String text) throws XMLStreamException {
        xml.writeAttribute(name, shown(text));
    }

    /// Text that clients and files chose. XML has no way to write most control characters and half surrogate pairs.
    private static String shown(String text) {
        return text.replaceAll("\\p{C}", "?");
    }
}
