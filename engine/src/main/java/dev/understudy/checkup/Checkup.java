package dev.understudy.checkup;

import dev.understudy.ffm.Answer;
import dev.understudy.runtime.DeviceChoice;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What an inventory means for serving on the device that was asked for. Immutable; made by a pure function.
///
/// @param findings what was looked at, in the order to read it
/// @param places   where models can be served, the processor first
/// @param serves   whether the device that was asked for is among them; for `auto`, whether any is
/// @param verdict  the last line: where models can be served, or what to do first
public record Checkup(List<Finding> findings, List<Place> places, boolean serves, String verdict) {
    /// A device on which models can be served.
    ///
    /// @param device    its label: `cuda:0`
    /// @param name      of a GPU; of the processor empty
    /// @param isolation the best that keeps challengers off the champion: `paced`
    public record Place(String device, String name, String isolation) {
        private String text() {
            return device + " (" + (name.isEmpty() ? "" : name + ", ") + "isolation " + isolation + ")";
        }
    }

    /// Judges what was found.
    public static Checkup of(Inventory inventory, DeviceChoice asked) {
        List<Place> places = places(inventory);
        boolean serves = switch (asked) {
            case DeviceChoice.Auto auto -> !places.isEmpty();
            case DeviceChoice.Cpu _,DeviceChoice.Cuda _ ->
                places.stream().anyMatch(place -> place.device().equals(asked.label()));
        };
        return new Checkup(new Examination(inventory, asked).findings(), places, serves,
                verdict(inventory, asked, places, serves));
    }

    private static List<Place> places(Inventory inventory) {
        if (inventory.onnxRuntime().loaded() instanceof Answer.Refused) {
            return List.of();
        }
        List<Place> places = new ArrayList<>();
        places.add(new Place("cpu", "", inventory.processor().isolation().label()));
        for (GpuFacts gpu : inventory.gpus()) {
            int ordinal = gpu.device().ordinal();
            if (gpu.lanes() instanceof Answer.Granted && inventory.cuda().obstacles(ordinal).isEmpty()) {
                places.add(new Place("cuda:" + ordinal, gpu.device().name(), gpu.isolation()));
            }
        }
        return List.copyOf(places);
    }

    private static String verdict(Inventory inventory, DeviceChoice asked, List<Place> places, boolean serves) {
        String can = "Understudy can serve on: " + places.stream().map(Place::text).collect(Collectors.joining("; "));
        Set<String> remedies = remedies(inventory, asked, places);
        String first = remedies.isEmpty() ? "see what is missing above" : String.join("; ", remedies);
        if (!serves) {
            return "Understudy cannot serve on " + (asked instanceof DeviceChoice.Auto ? "this machine" : asked.label())
                    + ": " + first + (places.isEmpty() ? "" : ". " + can);
        }
        return remedies.isEmpty() ? can : can + ". For cuda:0: " + first;
    }

    /// What to do for the device that was asked for, or for a GPU that is there and that `auto` would take.
    private static Set<String> remedies(Inventory inventory, DeviceChoice asked, List<Place> places) {
        Set<String> remedies = new LinkedHashSet<>();
        if (inventory.onnxRuntime().loaded() instanceof Answer.Refused) {
            remedies.add(Examination.UNPACK_AGAIN);
        }
        boolean gpuIsNews = asked instanceof DeviceChoice.Auto && inventory.cuda().gpuSeen()
                && places.stream().noneMatch(place -> place.device().startsWith("cuda"));
        if (gpuIsNews || asked instanceof DeviceChoice.Cuda) {
            int ordinal = asked instanceof DeviceChoice.Cuda(int number) ? number : 0;
            inventory.cuda().obstacles(ordinal).forEach(obstacle -> remedies.add(obstacle.remedy()));
        }
        return remedies;
    }
}
