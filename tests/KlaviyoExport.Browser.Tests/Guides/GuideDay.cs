using System.Globalization;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>
/// The people of an installation follow their guides, each in a browser of their own: an administrator adds sources, a connection and people,
/// a contributor defines exports, an operator runs them.
/// </summary>
internal sealed class GuideDay(NewInstallation installation, string browser, CultureInfo language, GuidePictures pictures)
{
    public async Task FollowAsync(Guide administratorGuide, Guide contributorGuide, Guide operatorGuide)
    {
        await using var first = await installation.VisitAsync(browser);
        var administratorTexts = new PageTexts(language, administratorGuide);
        await first.Page.GotoAsync("/");
        await new GuideSteps(first.Page, administratorTexts).SignInAsync(GuidePeople.FirstEmail, GuidePeople.Password);
        var administrator = new AdministratorGuide(first.Page, administratorTexts, pictures);
        await PrepareAsync(administrator);
        await administrator.ScheduleRefreshAsync();
        await administrator.TellPeopleAsync();

        var (contributorLink, operatorLink) = await AddPeopleAsync(administrator);
        await using var cora = await installation.VisitAsync(browser);
        var contributorTexts = new PageTexts(language, contributorGuide);
        await new GuideSteps(cora.Page, contributorTexts).SetPasswordAndSignInAsync(
            contributorLink,
            GuidePeople.ContributorEmail,
            GuidePeople.Password
        );
        var contributor = new ContributorGuide(cora.Page, contributorTexts, pictures);
        await contributor.DefineSegmentsAsync();
        await contributor.AddExportAsync();
        await contributor.AddExportOfReadersAsync();
        await contributor.ScheduleAsync();

        await using var otto = await installation.VisitAsync(browser);
        var operatorTexts = new PageTexts(language, operatorGuide);
        await new GuideSteps(otto.Page, operatorTexts).SetPasswordAndSignInAsync(
            operatorLink,
            GuidePeople.OperatorEmail,
            GuidePeople.Password
        );
        var @operator = new OperatorGuide(otto.Page, operatorTexts, pictures, installation.Klaviyo);
        await RunAsync(contributor, @operator);
        await SkipAsync(administrator, @operator);
        await @operator.BeToldAsync();
        await contributor.RemoveExportAsync();

        await using var second = await installation.VisitAsync(browser);
        await EndAsync(administrator, second, administratorTexts);
        foreach (var visitor in new[] { first, second, cora, otto })
            Assert.Empty(visitor.Faults);
    }

    private async Task PrepareAsync(AdministratorGuide administrator)
    {
        await using var database = await GuideDatabase.CreateAsync();
        await administrator.AddSourcesAsync(installation.Customers, database);
        await administrator.ConnectAsync();
    }

    private async Task<(string Contributor, string Operator)> AddPeopleAsync(AdministratorGuide administrator)
    {
        var contributor = await administrator.AddPersonAsync(GuidePeople.Contributor, GuidePeople.ContributorEmail, "Contributor");
        var @operator = await administrator.InvitePersonAsync(
            GuidePeople.Operator,
            GuidePeople.OperatorEmail,
            "Operator",
            installation.Mail
        );
        await administrator.ChangeRoleAsync(GuidePeople.Operator);
        return (contributor, @operator);
    }

    private static async Task RunAsync(ContributorGuide contributor, OperatorGuide @operator)
    {
        await @operator.RunAndWatchAsync();
        await @operator.SendRejectedAgainAsync();
        await contributor.CorrectRejectedAsync();
        await contributor.LookAPersonUpAsync();
        await @operator.RunAllAndCancelAsync();
        var run = await contributor.FollowTheSegmentAsync();
        await @operator.FindRunThatNeedsApprovalAsync(run);
        await contributor.ApproveAsync();
        await @operator.WatchRemovalAndUndoAsync(run);
        await @operator.SeeRunsFailAsync();
    }

    /// <summary>The file of the customers is missing at the refresh.</summary>
    private async Task SkipAsync(AdministratorGuide administrator, OperatorGuide @operator)
    {
        File.Move(installation.Customers, installation.Customers + ".gone");
        await administrator.RefreshAsync();
        await @operator.SeeSkippedExportAsync();
        File.Move(installation.Customers + ".gone", installation.Customers);
    }

    private async Task EndAsync(AdministratorGuide administrator, Visitor second, PageTexts texts)
    {
        await administrator.LookAtSecondFactorAndAuditAsync();
        await administrator.LookAfterTheInstallationAsync();
        var link = await administrator.AddPersonAsync(GuidePeople.Second, GuidePeople.SecondEmail, "Administrator");
        await new GuideSteps(second.Page, texts).SetPasswordAndSignInAsync(link, GuidePeople.SecondEmail, GuidePeople.Password);
        var other = new AdministratorGuide(second.Page, texts, pictures);
        await other.TakeOverAsync("Practice store", GuidePeople.First);
        await other.RemoveConnectionAsync("Store", "Girona");
    }
}
