using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Overview.Lookup;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Api.Runs;

namespace KlaviyoExport.Web.Mcp;

/// <summary>What a run would do now.</summary>
/// <param name="NewProfiles">Profiles that Klaviyo does not have yet, which it bills.</param>
/// <param name="NewProfilesMargin">The true number differs by no more than this in 95 of 100 samples.</param>
/// <param name="Obstacle">Why the run would fail. Null when it would not, as far as the counts tell.</param>
internal sealed record ForecastResource(LedgerResource Ledger, bool IsEstimated, long NewProfiles, long NewProfilesMargin, string? Obstacle)
{
    public static ForecastResource Of(Forecast forecast) =>
        new(
            LedgerResource.Of(forecast.Ledger),
            forecast.IsEstimated,
            forecast.NewProfiles.Count,
            forecast.NewProfiles.Margin,
            forecast.Obstacle?.ForReader()
        );
}

/// <summary>Why a person is or is not on the list of an export. Without the address.</summary>
/// <param name="Finding">The answer.</param>
/// <param name="IsOnList">What Klaviyo says. Null when it is not known.</param>
/// <param name="Profiles">The number of profiles of the person in the source.</param>
/// <param name="Reason">Why the person was left out. Null when there is no such reason.</param>
/// <param name="Segment">The segment that decides. Null when none does.</param>
/// <param name="RunId">The run that decides. Null when none does.</param>
internal sealed record PersonFindingResource(
    int ExportId,
    string Export,
    string List,
    PersonFinding Finding,
    bool? IsOnList,
    int Profiles,
    RejectionReason? Reason,
    string? Segment,
    int? RunId
)
{
    public static PersonFindingResource Of(PersonAtExport person) =>
        new(
            person.ExportId,
            person.Name,
            person.ListName,
            person.Conclusion.Finding,
            person.Klaviyo.IsOnList,
            person.Profiles.Count,
            person.Conclusion.Reason ?? person.Conclusion.Trace?.Rejection,
            person.Conclusion.Segment?.Name,
            person.Conclusion.Run?.RunId
        );
}
