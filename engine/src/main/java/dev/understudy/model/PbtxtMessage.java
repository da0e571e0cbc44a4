package dev.understudy.model;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TextFormatParseInfoTree;
import com.google.protobuf.TextFormatParseLocation;
import dev.understudy.model.triton.TritonProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// A message of a `config.pbtxt`, with the places at which its fields stand. Immutable.
///
/// Protobuf's parser notes the places in all messages of one bracketed list together, in order, so a place in one of them
/// is known where each of them has that field; otherwise the list's own has to do.
///
/// @param places   where the fields of it and of its siblings stand
/// @param index    which of them it is
/// @param siblings how many messages share `places`, 1 where it has its own
/// @param path     what leads to it, `input.` or empty, for messages
/// @param place    where it begins, or its list does
record PbtxtMessage(Message message, TextFormatParseInfoTree places, int index, int siblings, String path,
        Place place) {
    private static final int UNKNOWN_NAMED_MAX = 5;

    /// 1-based.
    record Place(int line, int column) {
        static Place of(TextFormatParseLocation zeroBased) {
            return new Place(zeroBased.getLine() + 1, zeroBased.getColumn() + 1);
        }
    }

    /// Parses the text of a whole file; what the schema does not know is refused.
    static PbtxtMessage parse(String text) throws InvalidConfigException {
        TritonProto.ModelConfig.Builder config = TritonProto.ModelConfig.newBuilder();
        TextFormatParseInfoTree.Builder places = TextFormatParseInfoTree.builder();
        try {
            TextFormat.Parser.newBuilder()
                    .setSingularOverwritePolicy(TextFormat.Parser.SingularOverwritePolicy.FORBID_SINGULAR_OVERWRITES)
                    .setParseInfoTreeBuilder(places).build().merge(text, config);
        } catch (TextFormat.ParseException e) {
            throw new InvalidConfigException(Math.max(1, e.getLine()), Math.max(1, e.getColumn()),
                    explain(String.valueOf(e.getMessage())));
        }
        return new PbtxtMessage(config.build(), places.build(), 0, 1, "", new Place(1, 1));
    }

    /// The parser's own words, but for its list of unknown fields, which has a line for each.
    private static String explain(String complaint) {
        String sentence = complaint.replaceFirst("^[0-9]+:[0-9]+: ", "");
        if (!sentence.startsWith("Input contains unknown fields")) {
            return sentence.replaceAll("\\p{Cntrl}", "?");
        }
        return "unknown field " + sentence.lines().skip(1).limit(UNKNOWN_NAMED_MAX)
                .map(line -> line.substring(line.indexOf('.') + 1)).collect(Collectors.joining(", "));
    }

    /// The message in a field: the only one, or this one of several.
    PbtxtMessage child(String name, int index) {
        FieldDescriptor field = field(name);
        Message child = (Message) (field.isRepeated()
                ? message.getRepeatedField(field, index)
                : message.getField(field));
        int count = field.isRepeated() ? message.getRepeatedFieldCount(field) : siblings;
        int at = field.isRepeated() ? index : this.index;
        List<TextFormatParseInfoTree> trees = places.getNestedTrees(field);
        Place begin = place(name);
        if (trees.size() == count && (siblings == 1 || !field.isRepeated())) {
            return new PbtxtMessage(child, trees.get(at), 0, 1, path + name + ".", begin);
        }
        return siblings == 1 && trees.size() == 1
                ? new PbtxtMessage(child, trees.getFirst(), at, count, path + name + ".", begin)
                : new PbtxtMessage(child, TextFormatParseInfoTree.builder().build(), 0, 1, path + name + ".", begin);
    }

    /// The messages in a repeated field, in order.
    List<PbtxtMessage> children(String name) {
        List<PbtxtMessage> children = new ArrayList<>();
        for (int i = 0; i < message.getRepeatedFieldCount(field(name)); i++) {
            children.add(child(name, i));
        }
        return children;
    }

    /// Says what is wrong with a field and where it stands; one that is not there stands where its message begins.
    InvalidConfigException refusal(String name, String sentence) {
        Place at = place(name);
        return new InvalidConfigException(at.line(), at.column(), path + name + " " + sentence);
    }

    /// The fields that are set and not `honoured`, the messages in honoured ones included, with their lines.
    ///
    /// @param honoured full names of fields, without the package
    Map<String, Integer> unhonoured(Set<String> honoured) {
        Map<String, Integer> lines = new LinkedHashMap<>();
        for (FieldDescriptor field : message.getAllFields().keySet()) {
            String name = field.getFullName().substring(field.getFile().getPackage().length() + 1);
            if (!honoured.contains(name)) {
                List<TextFormatParseLocation> all = places.getLocations(field);
                lines.putIfAbsent(path + field.getName(),
                        all.isEmpty() ? place.line() : Place.of(all.getFirst()).line());
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField()) {
                for (int i = 0; i < (field.isRepeated() ? message.getRepeatedFieldCount(field) : 1); i++) {
                    child(field.getName(), i).unhonoured(honoured).forEach(lines::putIfAbsent);
                }
            }
        }
        return lines;
    }

    private FieldDescriptor field(String name) {
        return Objects.requireNonNull(message.getDescriptorForType().findFieldByName(name), name);
    }

    private Place place(String name) {
        List<TextFormatParseLocation> all = places.getLocations(field(name));
        if (siblings == 1 && !all.isEmpty()) {
            return Place.of(all.getFirst());
        }
        return all.size() == siblings ? Place.of(all.get(index)) : place;
    }
}
