using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>
/// Section <c>Circuits</c>: the connections of open pages. It also has the settings of ASP.NET Core's <c>CircuitOptions</c>, such as
/// <c>Circuits:DisconnectedCircuitRetentionPeriod</c> (00:03:00), the time for which a page that lost its connection can resume.
/// </summary>
internal sealed class CircuitBoundOptions
{
    public const string Section = "Circuits";

    /// <summary>
    /// The maximum number of pages that one person may have open at one server. Pages that lost their connection count until their state is
    /// released.
    /// </summary>
    [Range(1, 10_000)]
    public int PerPerson { get; set; } = 30;
}
