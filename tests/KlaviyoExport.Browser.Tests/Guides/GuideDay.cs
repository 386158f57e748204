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
        var contributorTexts = new PageTexts(language, contributorGuide);
        await using var cora = await JoinAsync(contributorLink, GuidePeople.ContributorEmail, contributorTexts);
        var contributor = new ContributorGuide(cora.Page, contributorTexts, pictures);
        await contributor.DefineSegmentsAsync();
        await contributor.AddExportAsync();
        await contributor.AddExportOfReadersAsync();
        await contributor.ScheduleAsync();

        var operatorTexts = new PageTexts(language, operatorGuide);
        await using var otto = await JoinAsync(operatorLink, GuidePeople.OperatorEmail, operatorTexts);
        var @operator = new OperatorGuide(otto.Page, operatorTexts, pictures, installation.Klaviyo);
        await RunAsync(contributor, @operator);
        await SkipAsync(administrator, @operator);
        await @operator.BeToldAsync();
        await contributor.RemoveExportAsync();

        await administrator.LookAtSecondFactorAndAuditAsync();
        await administrator.LookAfterTheInstallationAsync();
        var link = await administrator.AddPersonAsync(GuidePeople.Second, GuidePeople.SecondEmail, "Administrator");
        await using var second = await JoinAsync(link, GuidePeople.SecondEmail, administratorTexts);
        var other = new AdministratorGuide(second.Page, administratorTexts, pictures);
        await other.TakeOverAsync("Practice store", GuidePeople.First);
        await other.RemoveConnectionAsync("Store", "Girona");
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

    /// <summary>Opens the browser of a person who has got a link, sets a password and signs in.</summary>
    private async Task<Visitor> JoinAsync(string link, string email, PageTexts texts)
    {
        var visitor = await installation.VisitAsync(browser);
        await new GuideSteps(visitor.Page, texts).SetPasswordAndSignInAsync(link, email, GuidePeople.Password);
        return visitor;
    }
}
