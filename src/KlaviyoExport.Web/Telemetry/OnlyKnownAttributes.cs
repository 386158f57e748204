using System.Diagnostics;
using OpenTelemetry;

namespace KlaviyoExport.Web.Telemetry;

/// <summary>
/// Removes every attribute from a span that is not known to be harmless, before it is exported. The framework's own spans have paths,
/// queries and client addresses, which can contain one-time links, search words and personal data.
/// </summary>
internal sealed class OnlyKnownAttributes : BaseProcessor<Activity>
{
    private const string Own = "klaviyo_export.";

    private static readonly HashSet<string> Known =
    [
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "error.type",
        "network.protocol.version",
    ];

    public override void OnEnd(Activity data)
    {
        foreach (var (key, _) in data.TagObjects.ToList())
            if (!Known.Contains(key) && !key.StartsWith(Own, StringComparison.Ordinal))
                data.SetTag(key, null);
        // A description may be the message of an exception.
        if (data.StatusDescription is not null)
            data.SetStatus(ActivityStatusCode.Error);
    }
}
