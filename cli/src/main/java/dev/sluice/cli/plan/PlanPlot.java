// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Draws how nodes, memory and bandwidth grow with the sessions, up to ten million, as an SVG without scripts or references. */
public final class PlanPlot {

    /** How far it goes, unless the load is greater. */
    static final double MOST_SESSIONS = 1e7;

    private static final int POINTS = 41;
    private static final int WIDTH = 720;
    private static final int PANEL = 200;
    private static final int LEFT = 80;
    private static final int RIGHT = 700;
    private static final int TOP = 60;
    private static final int HEIGHT = 130;
    private static final int TICKS = 4;

    private final Planner planner;
    private final Load load;

    /** Of a load, and of the same with more or fewer orgs of the same size. */
    public PlanPlot(Planner planner, Load load) {
        this.planner = planner;
        this.load = load;
    }

    private record Point(double sessions, Planner.Plan plan) {}

    /** One value over the sessions. */
    private record Panel(String title, ToDoubleFunction<Planner.Plan> value) {}

    /**
     * The picture.
     *
     * @throws IllegalArgumentException when even the smallest load cannot be planned
     */
    public String svg() {
        List<Point> points = points();
        List<Panel> panels = List.of(
                new Panel("Nodes, one to spare", plan -> plan.nodes()),
                new Panel(
                        "Memory of all nodes, GB",
                        plan -> plan.nodes() * plan.normal().memoryBytes() / 1e9),
                new Panel(
                        "Sent by all nodes, Gbit/s",
                        plan -> plan.nodes() * plan.normal().outBitsPerSecond() / 1e9));
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"
                        + "<text x=\"%d\" y=\"24\" font-size=\"15\">Planned, by sessions: %s an org, %s events/s an org of %s B</text>%n",
                WIDTH,
                TOP + panels.size() * PANEL,
                LEFT,
                number(load.sessions() / load.orgs()),
                number(load.eventsPerSecond()),
                number(load.eventBytes())));
        for (int i = 0; i < panels.size(); i++) {
            draw(svg, panels.get(i), points, TOP + i * PANEL);
        }
        return svg.append("</svg>\n").toString();
    }

    private List<Point> points() {
        double most = Math.max(MOST_SESSIONS, load.sessions());
        double least = Math.min(most / 1_000, Math.max(1, load.sessions()));
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < POINTS; i++) {
            double sessions = least * Math.pow(most / least, i / (POINTS - 1.0));
            try {
                points.add(new Point(sessions, planner.plan(load.times(sessions / load.sessions()))));
            } catch (IllegalArgumentException e) {
                if (points.isEmpty()) {
                    throw e;
                }
                break; // the curve ends where nodes of this size do
            }
        }
        return points;
    }

    private static void draw(StringBuilder svg, Panel panel, List<Point> points, int top) {
        double from = Math.log10(points.get(0).sessions());
        double to =
                Math.log10(Math.max(MOST_SESSIONS, points.get(points.size() - 1).sessions()));
        double most = points.stream()
                .mapToDouble(point -> panel.value().applyAsDouble(point.plan()))
                .max()
                .orElse(1);
        int bottom = top + HEIGHT;
        line(svg, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>", LEFT, top - 8, panel.title());
        for (int tick = 0; tick <= TICKS; tick++) {
            double y = bottom - (double) HEIGHT * tick / TICKS;
            line(svg, "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>", LEFT, y, RIGHT);
            line(
                    svg,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT - 6,
                    y + 4,
                    number(most * tick / TICKS));
        }
        for (int power = (int) Math.ceil(from - 1e-9); power <= to + 1e-9; power++) {
            double x = LEFT + (RIGHT - LEFT) * (power - from) / (to - from);
            line(svg, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">1e%d</text>", x, bottom + 16, power);
        }
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            double x = LEFT + (RIGHT - LEFT) * (Math.log10(point.sessions()) - from) / (to - from);
            double y = bottom - HEIGHT * panel.value().applyAsDouble(point.plan()) / most;
            path.append(String.format(Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", x, y));
        }
        line(svg, "<path d=\"%s\" fill=\"none\" stroke=\"#0a58ca\" stroke-width=\"2\"/>", path);
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String number(double value) {
        String format = value >= 100 || value == Math.rint(value) ? "%,.0f" : "%.3g";
        return String.format(Locale.ROOT, format, value);
    }
}
