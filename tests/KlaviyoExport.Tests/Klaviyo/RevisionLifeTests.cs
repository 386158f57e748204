using System.Globalization;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo;

public sealed class RevisionLifeTests
{
    [Theory]
    [InlineData("2026-11-22", RevisionStage.Stable)]
    [InlineData("2027-04-15", RevisionStage.Stable)]
    [InlineData("2027-04-16", RevisionStage.SoonDeprecated)]
    [InlineData("2027-07-14", RevisionStage.SoonDeprecated)]
    [InlineData("2027-07-15", RevisionStage.Deprecated)]
    [InlineData("2028-04-16", RevisionStage.SoonRetired)]
    [InlineData("2028-07-14", RevisionStage.SoonRetired)]
    [InlineData("2028-07-15", RevisionStage.Retired)]
    public void A_revision_is_stable_for_a_year_deprecated_for_one_more_and_then_retired(string day, RevisionStage stage)
    {
        foreach (var revision in new[] { "2026-07-15", "2026-07-15.pre" })
            Assert.Equal(stage, RevisionLife.Of(revision).StageOn(DateOnly.Parse(day, CultureInfo.InvariantCulture)));
    }
}
