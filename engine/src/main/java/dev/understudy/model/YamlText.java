package dev.understudy.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Turns YAML 1.2 text into [ConfigNode]s. Not thread-safe; lives for one [#parse].
///
/// It builds from the parser's events and not from the library's own tree, which would be built by recursion as deep
/// as the text nests before anything could refuse it.
final class YamlText {
    private static final int DEPTH_MAX = 32;
    /// Counted with every alias expanded, so that a few lines cannot stand for millions.
    private static final int NODES_MAX = 10_000;

    private static final Set<String> CORE_TAGS = Stream
            .of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.SEQ, Tag.MAP).map(Tag::getValue)
            .collect(Collectors.toUnmodifiableSet());

    private final Iterator<Event> events;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int nodes;

    private record Anchored(ConfigNode node, int nodes) {}

    private YamlText(Iterator<Event> events) {
        this.events = events;
    }

    /// The text's one document, or null when it holds none or an empty one.
    static @Nullable ConfigNode parse(String text) throws InvalidConfigException {
        LoadSettings settings = LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
        try {
            return new YamlText(new Parse(settings).parseString(text).iterator()).document();
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().or(e::getContextMark).map(mark -> mark.getLine() + 1).orElse(1);
            throw new InvalidConfigException(line, "not YAML: " + e.getProblem());
        } catch (ReaderException e) {
            String before = text.substring(0, Math.clamp(e.getPosition(), 0, text.length()));
            int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
            throw new InvalidConfigException(line,
                    String.format("not YAML: the character U+%04X is not allowed", e.getCodePoint()));
        } catch (YamlEngineException e) {
            throw new InvalidConfigException(1, "not YAML: " + e.getMessage());
        }
    }

    private @Nullable ConfigNode document() throws InvalidConfigException {
        ConfigNode root = null;
        while (events.hasNext()) {
            Event event = events.next();
            if (event instanceof NodeEvent node) {
                root = node(node, 1);
            } else if (event.getEventId() == Event.ID.DocumentStart && root != null) {
                throw new InvalidConfigException(line(event), "a second document begins; write one document only");
            }
        }
        return root instanceof ConfigNode.Scalar(String value, int _) && value.isEmpty() ? null : root;
    }

    private ConfigNode node(NodeEvent event, int depth) throws InvalidConfigException {
        int line = line(event);
        if (event instanceof AliasEvent alias) {
            Anchored target = anchors.get(alias.getAlias());
            if (target == null) {
                throw new InvalidConfigException(line,
                        "the alias *" + alias.getAlias() + " refers to no finished value before it");
            }
            count(target.nodes(), line);
            return target.node();
        }
        if (depth > DEPTH_MAX) {
            throw new InvalidConfigException(line, "values are nested deeper than " + DEPTH_MAX);
        }
        int nodesBefore = nodes;
        count(1, line);
        ConfigNode node = switch (event) {
            case ScalarEvent scalar -> {
                refuseTag(scalar.getTag(), line);
                yield new ConfigNode.Scalar(scalar.getValue(), line);
            }
            case CollectionStartEvent start -> {
                refuseTag(start.getTag(), line);
                yield start instanceof MappingStartEvent ? mapping(line, depth) : sequence(line, depth);
            }
            default -> throw new IllegalStateException("no such node in YAML: " + event);
        };
        event.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(node, nodes - nodesBefore)));
        return node;
    }

    private ConfigNode sequence(int line, int depth) throws InvalidConfigException {
        List<ConfigNode> items = new ArrayList<>();
        while (events.next() instanceof NodeEvent item) {
            items.add(node(item, depth + 1));
        }
        return new ConfigNode.Sequence(items, line);
    }

    private ConfigNode mapping(int line, int depth) throws InvalidConfigException {
        Map<String, ConfigNode> entries = new LinkedHashMap<>();
        Map<String, Integer> lines = new HashMap<>();
        while (events.next() instanceof NodeEvent keyEvent) {
            int keyLine = line(keyEvent);
            if (!(node(keyEvent, depth + 1) instanceof ConfigNode.Scalar(String key, int _))) {
                throw new InvalidConfigException(keyLine, "a key must be a plain word");
            }
            Integer lineBefore = lines.put(key, keyLine);
            if (lineBefore != null) {
                throw new InvalidConfigException(keyLine,
                        "the key " + key + " is given a second time; it already stands on line " + lineBefore);
            }
            entries.put(key, node((NodeEvent) events.next(), depth + 1));
        }
        return new ConfigNode.Mapping(entries, line);
    }

    private void count(int more, int line) throws InvalidConfigException {
        nodes += more;
        if (nodes > NODES_MAX) {
            throw new InvalidConfigException(line,
                    "more than " + NODES_MAX + " values, aliases counted as written out");
        }
    }

    private static void refuseTag(Optional<String> tag, int line) throws InvalidConfigException {
        if (tag.isPresent() && !CORE_TAGS.contains(tag.get())) {
            throw new InvalidConfigException(line, "the tag " + tag.get() + " means nothing here; leave it out");
        }
    }

    private static int line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }
}
