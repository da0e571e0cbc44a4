package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.lane.Timeline.Curve;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Latencies over time as a PNG file, on a ground of its own, so that it can be read on a light and on a dark page.
/// Stateless, thread-safe.
final class LatencyChart {
    private static final Color GROUND = new Color(0xFBFBFD);
    private static final Color INK = new Color(0x24292F);
    private static final Color GRID = new Color(0xDDE1E6);
    /// Without isolation, then paced; told apart also by those who see no red.
    private static final List<Color> COLOURS = List.of(new Color(0xD55E00), new Color(0x0072B2));
    /// The second line's words stand lower, since the lines may be close.
    private static final double BELOW = 0.75;
    private static final Font TEXT = new Font("SansSerif", Font.PLAIN, 13);

    /// Finer than the chart is laid out by a half.
    private static final int DOTS_PER_INCH = 108;

    private LatencyChart() {}

    /// @param curves           p99 and p50 by turns, one pair for each colour; seconds since the drop, milliseconds
    /// @param shadowingSeconds when shadowing began
    /// @param fromSeconds      where the axis of time begins, and `toSeconds` where it ends
    static void write(Path png, String title, List<Curve> curves, double shadowingSeconds, double fromSeconds,
            double toSeconds) throws IOException {
        XYChart chart = new XYChartBuilder().width(960).height(420).title(title)
                .xAxisTitle("seconds since the challenger's file was dropped in")
                .yAxisTitle("ms, in windows of 250 ms (log scale)").build();
        style(chart);
        chart.getStyler().setXAxisMin(fromSeconds);
        chart.getStyler().setXAxisMax(toSeconds);
        double top = 1;
        for (int i = 0; i < curves.size(); i++) {
            Curve curve = curves.get(i);
            XYSeries series = chart.addSeries(curve.name(), curve.seconds(), curve.millis());
            series.setMarker(SeriesMarkers.NONE);
            series.setLineColor(COLOURS.get(i / 2));
            boolean tail = i % 2 == 0;
            series.setLineStyle(tail
                    ? new BasicStroke(2f)
                    : new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[]{5, 3}, 0));
            top = Math.max(top, curve.millis().stream().mapToDouble(Double::doubleValue).max().orElse(1));
        }
        mark(chart, 0, "dropped in", top);
        mark(chart, shadowingSeconds, "shadowing", top * BELOW);
        BitmapEncoder.saveBitmapWithDPI(chart, png.toString(), BitmapFormat.PNG, DOTS_PER_INCH);
    }

    private static void style(XYChart chart) {
        var style = chart.getStyler();
        style.setYAxisLogarithmic(true);
        style.setChartBackgroundColor(GROUND);
        style.setPlotBackgroundColor(GROUND);
        style.setPlotBorderColor(GRID);
        style.setPlotGridLinesColor(GRID);
        style.setChartFontColor(INK);
        style.setAxisTickLabelsColor(INK);
        style.setXAxisTitleColor(INK);
        style.setYAxisTitleColor(INK);
        style.setChartTitleBoxVisible(false);
        style.setChartTitleFont(new Font("SansSerif", Font.BOLD, 15));
        style.setAxisTitleFont(TEXT);
        style.setAxisTickLabelsFont(TEXT);
        style.setLegendFont(TEXT);
        style.setLegendBorderColor(GRID);
        style.setLegendBackgroundColor(GROUND);
        style.setLegendPosition(LegendPosition.OutsideE);
        style.setPlotGridLinesStroke(new BasicStroke(1f));
        style.setPlotGridVerticalLinesVisible(false);
        style.setXAxisDecimalPattern("0");
        style.setXAxisTickMarkSpacingHint(60);
        style.setAnnotationLineColor(INK);
        style.setAnnotationLineStroke(
                new BasicStroke(1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[]{2, 3}, 0));
        style.setAnnotationTextFont(TEXT);
        style.setAnnotationTextFontColor(INK);
    }

    private static void mark(XYChart chart, double seconds, String text, double top) {
        chart.addAnnotation(new AnnotationLine(seconds, true, false));
        chart.addAnnotation(new AnnotationText(text, seconds, top, false));
    }
}
