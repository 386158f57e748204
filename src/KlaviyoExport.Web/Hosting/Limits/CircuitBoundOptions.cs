using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>Section <c>Circuits</c>, which also has the settings of ASP.NET Core's <c>CircuitOptions</c>.</summary>
internal sealed class CircuitBoundOptions
{
    public const string Section = "Circuits";

    /// <summary>
    /// The pages that one person may have open at one server. Pages that lost their connection count until their state is released.
    /// Default: 30.
    /// </summary>
    [Range(1, 10_000)]
    public int PerPerson { get; set; } = 30;
}
