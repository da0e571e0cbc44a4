package dev.understudy.diff;

import dev.understudy.diff.OutputComparator.Close;
import dev.understudy.tensor.DataType;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is known of how a champion's answers differ from its own. Immutable.
///
/// @param pairs   first and second answers compared, at most [#PAIRS_MAX]
/// @param outputs the champion's floating-point outputs, by name; the first [#OUTPUTS_MAX] of them
public record NoiseFloor(int pairs, List<OutputNoise> outputs) {
    /// So many pairs make a noise floor; later ones change nothing, so that what follows from it is fixed.
    public static final int PAIRS_MAX = 500;
    /// Bounds the record of a model with many outputs. At 500 numbers each, 256 are about a megabyte of text.
    static final int OUTPUTS_MAX = 256;
    /// Nothing is known yet.
    public static final NoiseFloor NONE = new NoiseFloor(0, List.of());

    public NoiseFloor {
        outputs = List.copyOf(outputs);
    }

    /// Whether it will not change any more.
    public boolean complete() {
        return pairs >= PAIRS_MAX;
    }

    /// The tolerances that take the place of `tolerance: auto`, by output: empty before it is complete, and without the
    /// outputs whose default tolerance holds enough, or for which none does.
    public SortedMap<String, Tolerance> tolerances() {
        SortedMap<String, Tolerance> tolerances = new TreeMap<>();
        if (complete()) {
            for (OutputNoise noise : outputs) {
                noise.offer().filter(offer -> !offer.equals(Close.DEFAULT))
                        .ifPresent(offer -> tolerances.put(noise.output(), offer.tolerance(noise.datatype())));
            }
        }
        return tolerances;
    }

    /// As it is kept on disk: a line with the number of pairs, then for each output a line with its datatype, its name
    /// percent-encoded, and its numbers.
    public String text() {
        StringBuilder text = new StringBuilder().append(pairs);
        for (OutputNoise noise : outputs) {
            text.append('\n').append(noise.datatype()).append(' ')
                    .append(URLEncoder.encode(noise.output(), StandardCharsets.UTF_8));
            noise.needed().forEach(needed -> text.append(' ').append(needed));
        }
        return text.toString();
    }

    /// Reads what [#text] wrote.
    ///
    /// @throws IllegalArgumentException when it is something else
    public static NoiseFloor parse(String text) {
        String[] lines = text.split("\n", -1);
        int pairs = Integer.parseInt(lines[0]);
        List<OutputNoise> outputs = new ArrayList<>();
        for (int line = 1; line < lines.length; line++) {
            String[] words = lines[line].split(" ", -1);
            if (words.length < 2 || words.length > 2 + pairs) {
                throw new IllegalArgumentException("an output's noise is cut short");
            }
            List<Double> needed = new ArrayList<>();
            for (int word = 2; word < words.length; word++) {
                needed.add(Double.valueOf(words[word]));
            }
            outputs.add(new OutputNoise(URLDecoder.decode(words[1], StandardCharsets.UTF_8), DataType.valueOf(words[0]),
                    needed));
        }
        return new NoiseFloor(pairs, outputs);
    }
}
