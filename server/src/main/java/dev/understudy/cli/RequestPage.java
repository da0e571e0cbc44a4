package dev.understudy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// One captured request: what went in, and where the two answers differ most. Immutable.
///
/// @param capture the management API's answer, with as many elements of each tensor as it gives
public record RequestPage(JsonNode capture) {
    /// Elements of an input, and differing elements of an output, that are shown.
    static final int SHOWN_MAX = 8;

    /// An element in which the two answers differ.
    ///
    /// @param index    flat, in row-major order
    /// @param distance how far apart they are; infinite where that is no number
    private record Differing(int index, JsonNode champion, JsonNode challenger, double distance) {}

    /// For a script: the comparison, the first elements of each input, and of each output the elements that differ most.
    ObjectNode json() {
        ObjectNode node = capture.deepCopy();
        node.remove(List.of("champion_outputs", "challenger_outputs"));
        ArrayNode inputs = node.putArray("inputs");
        for (JsonNode input : capture.path("inputs")) {
            ObjectNode shown = input.deepCopy();
            shown.putArray("data").addAll(first(input));
            inputs.add(shown);
        }
        ArrayNode outputs = node.putArray("differing");
        for (JsonNode champion : capture.path("champion_outputs")) {
            JsonNode challenger = other(champion);
            List<Differing> differing = differing(champion, challenger);
            ObjectNode output = outputs.addObject().put("output", champion.path("name").asText())
                    .put("datatype", champion.path("datatype").asText()).put("unequal", differing.size());
            output.set("shape", champion.path("shape"));
            output.set("challenger_shape", challenger.path("shape"));
            ArrayNode most = output.putArray("most");
            differing.stream().limit(SHOWN_MAX).forEach(each -> {
                ObjectNode element = most.addObject();
                ArrayNode index = element.putArray("index");
                index(each.index(), champion.path("shape")).forEach(index::add);
                element.set("champion", each.champion());
                element.set("challenger", each.challenger());
            });
        }
        return node;
    }

    /// For a person.
    List<String> lines(Terminal terminal) {
        List<String> lines = new ArrayList<>();
        lines.add(terminal.bold(capture.path("request_id").asText()) + "  "
                + (capture.path("agrees").asBoolean() ? terminal.green("agrees") : terminal.red("differs")) + "  "
                + DiffsPage.text(capture.path("why")));
        for (JsonNode input : capture.path("inputs")) {
            List<String> first = first(input).stream().map(RequestPage::value).toList();
            lines.add("  input " + name(input) + " " + described(input) + "  " + String.join(" ", first)
                    + (input.path("elements").asLong() > first.size() ? " ..." : ""));
        }
        for (JsonNode champion : capture.path("champion_outputs")) {
            JsonNode challenger = other(champion);
            List<Differing> differing = differing(champion, challenger);
            lines.add("  output " + name(champion) + " " + described(champion) + "  " + heading(champion, challenger,
                    differing.size()));
            TextTable table = new TextTable("    ", "index", "champion", "challenger");
            differing.stream().limit(SHOWN_MAX).forEach(each -> table.add(
                    index(each.index(), champion.path("shape")).toString(), value(each.champion()),
                    value(each.challenger())));
            lines.addAll(table.isEmpty() ? List.of() : table.lines());
        }
        return lines;
    }

    private static String heading(JsonNode champion, JsonNode challenger, int unequal) {
        if (challenger.isMissingNode()) {
            return "the challenger has none";
        }
        if (!comparable(champion, challenger)) {
            return "the challenger's is " + described(challenger);
        }
        int seen = champion.path("data").size();
        String of = seen < champion.path("elements").asLong() ? " of the first " + StatusPage.count(seen) : "";
        return StatusPage.count(unequal) + " unequal" + of
                + (unequal > SHOWN_MAX ? ", those that differ most" : "");
    }

    private JsonNode other(JsonNode champion) {
        for (JsonNode output : capture.path("challenger_outputs")) {
            if (output.path("name").equals(champion.path("name"))) {
                return output;
            }
        }
        return capture.path("none");
    }

    private static boolean comparable(JsonNode champion, JsonNode challenger) {
        return champion.path("shape").equals(challenger.path("shape"))
                && champion.path("datatype").equals(challenger.path("datatype"));
    }

    /// Those that differ most first, the earliest first among equals; none where the tensors are not alike.
    private static List<Differing> differing(JsonNode champion, JsonNode challenger) {
        List<Differing> differing = new ArrayList<>();
        if (comparable(champion, challenger)) {
            JsonNode one = champion.path("data");
            JsonNode two = challenger.path("data");
            for (int index = 0; index < one.size() && index < two.size(); index++) {
                if (!one.get(index).equals(two.get(index))) {
                    differing.add(new Differing(index, one.get(index), two.get(index),
                            distance(one.get(index), two.get(index))));
                }
            }
            differing.sort(Comparator.comparingDouble(Differing::distance).reversed());
        }
        return differing;
    }

    private static double distance(JsonNode one, JsonNode two) {
        return one.isNumber() && two.isNumber()
                ? Math.abs(one.doubleValue() - two.doubleValue())
                : Double.POSITIVE_INFINITY;
    }

    private static List<JsonNode> first(JsonNode tensor) {
        List<JsonNode> first = new ArrayList<>();
        for (int index = 0; index < Math.min(SHOWN_MAX, tensor.path("data").size()); index++) {
            first.add(tensor.path("data").get(index));
        }
        return first;
    }

    /// Where an element stands, one number an axis.
    private static List<Long> index(int flat, JsonNode shape) {
        List<Long> index = new ArrayList<>();
        long rest = flat;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            index.addFirst(rest % shape.get(axis).asLong());
            rest /= shape.get(axis).asLong();
        }
        return index;
    }

    private static String described(JsonNode tensor) {
        return tensor.path("datatype").asText() + " " + tensor.path("shape");
    }

    private static String name(JsonNode tensor) {
        return DiffsPage.text(tensor.path("name"));
    }

    private static String value(JsonNode element) {
        return element.isTextual() ? DiffsPage.text(element) : element.toString();
    }
}
