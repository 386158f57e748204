using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KlaviyoExport.Tests.Telemetry;

/// <summary>The dashboard and the alert rules in deploy/ use metrics that exist.</summary>
[Collection<MeasuredRuns>]
[Trait(Needs.Trait, Needs.Process)]
public sealed partial class DeployedRulesTests(MeasuredRun measured)
{
    /// <summary>Metrics that a run alone does not have: circuits are tested with a browser, the outbox in the room Alerts.</summary>
    private static readonly string[] Elsewhere = ["aspnetcore_components_circuit_active", "klaviyo_export_alerts_outbox"];

    private static string Rules => Path.Combine(Repository.Root, "deploy", "prometheus");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_query_of_the_dashboard_finds_its_metric()
    {
        var used = Panels().SelectMany(Queries).SelectMany(query => Metric().Matches(query)).Select(match => match.Value).Distinct();

        Assert.Empty(used.Except(measured.Scrape.Names).Except(Elsewhere));
    }

    [Fact]
    public void Every_metric_of_the_product_is_on_the_dashboard()
    {
        var queries = string.Join('\n', Panels().SelectMany(Queries));
        var metrics = measured
            .Scrape.Names.Where(name => name.StartsWith("klaviyo_export_", StringComparison.Ordinal))
            .Select(name => Part().Replace(name, ""))
            .Distinct();

        Assert.DoesNotContain(metrics, metric => !queries.Contains(metric, StringComparison.Ordinal));
    }

    [Fact]
    public void Panels_of_the_dashboard_have_a_title_an_id_of_their_own_and_do_not_overlap()
    {
        var panels = Panels();
        var cells = panels.SelectMany(Cells).ToList();

        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("title").GetString()!));
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal(cells.Count, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.X, 0, 23));
    }

    [Fact]
    public void Every_alert_rule_finds_its_metrics()
    {
        var used = File.ReadLines(Path.Combine(Rules, "alerts.yml"))
            .SelectMany(line => Series().Matches(line))
            .Select(match => match.Value);

        Assert.Empty(used.Except(measured.Scrape.Names).Except(Elsewhere));
    }

    [Theory]
    [InlineData("check", "alerts.yml")]
    [InlineData("test", "alerts.test.yml")]
    public async Task Promtool_accepts_the_alert_rules_and_their_tests(string command, string file)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/promtool"), "promtool is not installed.");
        using var promtool = Process.Start(
            new ProcessStartInfo("/usr/bin/promtool", [command, "rules", file])
            {
                WorkingDirectory = Rules,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = await promtool.StandardOutput.ReadToEndAsync(Cancel) + await promtool.StandardError.ReadToEndAsync(Cancel);
        await promtool.WaitForExitAsync(Cancel);

        Assert.True(promtool.ExitCode == 0, output);
    }

    private static List<JsonElement> Panels() =>
        [
            .. JsonDocument
                .Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "grafana", "dashboard.json")))
                .RootElement.GetProperty("panels")
                .EnumerateArray(),
        ];

    private static IEnumerable<string> Queries(JsonElement panel) =>
        panel.TryGetProperty("targets", out var targets)
            ? targets.EnumerateArray().Select(target => target.GetProperty("expr").GetString()!)
            : [];

    private static IEnumerable<(int X, int Y)> Cells(JsonElement panel)
    {
        var place = panel.GetProperty("gridPos");
        var (left, top) = (place.GetProperty("x").GetInt32(), place.GetProperty("y").GetInt32());
        return from x in Enumerable.Range(left, place.GetProperty("w").GetInt32())
            from y in Enumerable.Range(top, place.GetProperty("h").GetInt32())
            select (x, y);
    }

    // A name before its labels.
    [GeneratedRegex(@"[a-z_]+(?=\{)")]
    private static partial Regex Metric();

    // A name as a metric, not as a label.
    [GeneratedRegex(@"klaviyo_export_\w+(?=\{|\[|\)| ==)")]
    private static partial Regex Series();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Part();
}
