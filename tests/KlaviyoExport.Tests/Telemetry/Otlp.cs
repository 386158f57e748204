using System.Globalization;

namespace KlaviyoExport.Tests.Telemetry;

/// <summary>A span as it was received.</summary>
internal sealed record OtlpSpan(
    string TraceId,
    string Id,
    string ParentId,
    string Name,
    string Scope,
    bool IsError,
    IReadOnlyDictionary<string, string> Attributes
)
{
    /// <summary>Reads an ExportTraceServiceRequest.</summary>
    public static IEnumerable<OtlpSpan> Read(ReadOnlyMemory<byte> request) =>
        from resource in new ProtoMessage(request).Messages(1)
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new OtlpSpan(
            span.Hex(1),
            span.Hex(2),
            span.Hex(4),
            span.Text(5),
            scope.Message(1)!.Text(1),
            span.Message(15)?.Number(3) == 2,
            OtlpAttributes.Of(span, 9)
        );
}

/// <summary>A point of a metric as it was received.</summary>
/// <param name="Value">The value, or the sum of a histogram.</param>
/// <param name="Count">How many values a histogram has. 0 for other metrics.</param>
internal sealed record OtlpPoint(string Name, string Unit, double Value, long Count, IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>Reads an ExportMetricsServiceRequest.</summary>
    public static IEnumerable<OtlpPoint> Read(ReadOnlyMemory<byte> request) =>
        from resource in new ProtoMessage(request).Messages(1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        from point in Points(metric)
        select point;

    private static IEnumerable<OtlpPoint> Points(ProtoMessage metric)
    {
        var (name, unit) = (metric.Text(1), metric.Text(3));
        foreach (var data in metric.Messages(5).Concat(metric.Messages(7)))
        foreach (var point in data.Messages(1))
            yield return new(name, unit, point.Has(4) ? point.Real(4) : (long)point.Number(6), 0, OtlpAttributes.Of(point, 7));
        foreach (var data in metric.Messages(9))
        foreach (var point in data.Messages(1))
            yield return new(name, unit, point.Real(5), (long)point.Number(4), OtlpAttributes.Of(point, 9));
    }
}

internal static class OtlpAttributes
{
    /// <summary>The attributes in a field of a message, as text.</summary>
    public static Dictionary<string, string> Of(ProtoMessage message, int field) =>
        message.Messages(field).ToDictionary(pair => pair.Text(1), pair => Value(pair.Message(2)!));

    private static string Value(ProtoMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(4) ? value.Real(4).ToString(CultureInfo.InvariantCulture)
        : value.Number(value.Has(3) ? 3 : 2).ToString(CultureInfo.InvariantCulture);
}
