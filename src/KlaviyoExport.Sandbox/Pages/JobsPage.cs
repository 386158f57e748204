using System.Text;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Jobs;

namespace KlaviyoExport.Sandbox.Pages;

/// <summary>Shows the import jobs and their errors.</summary>
internal static class JobsPage
{
    private const int PageSize = 50;

    public static Task Show(HttpContext http, SandboxState state)
    {
        Html content;
        lock (state.Gate)
        {
            var jobs = state
                .Accounts.Values.SelectMany(a => a.Jobs.Select(job => (Account: a, Job: job)))
                .OrderByDescending(j => j.Job.Created)
                .ToList();
            var pages = (jobs.Count + PageSize - 1) / PageSize;
            var page = Layout.PageOf(http, pages);
            var rows = jobs.Skip((page - 1) * PageSize).Take(PageSize).Select(j => Row(j.Account, j.Job)).ToList();
            content = Html.Of(
                $"""
                {Layout.Table(
                    "Import jobs",
                    ["Job", "Account", "Status", "Lists", "Profiles", "Completed", "Failed", "Created (UTC)"],
                    rows,
                    "No job was started yet."
                )}
                {Layout.Pager("/jobs", "", page, pages)}
                """
            );
        }
        return Layout.Send(http, "Import jobs", content);
    }

    public static Task ShowOne(HttpContext http, SandboxState state)
    {
        var (accountId, jobId) = ((string)http.GetRouteValue("account")!, (string)http.GetRouteValue("job")!);
        Html content;
        lock (state.Gate)
        {
            if (state.Accounts.GetValueOrDefault(accountId) is { } account && account.Job(jobId) is { } job)
                content = Content(http, account, job);
            else
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                content = Html.Of($"<p>The account {accountId} has no job {jobId}.</p>");
            }
        }
        return Layout.Send(http, $"Job {jobId}", content);
    }

    private static Html Content(HttpContext http, Account account, ImportJob job)
    {
        var pages = (job.Errors.Count + PageSize - 1) / PageSize;
        var page = Layout.PageOf(http, pages);
        var rows = job
            .Errors.Skip((page - 1) * PageSize)
            .Take(PageSize)
            .Select(e =>
                Html.Of(
                    $"""
                    <tr><td><code>{e.Pointer}</code></td><td>{e.Code}</td><td>{e.Detail}</td><td><code>{Encoding.UTF8.GetString(
                        e.OriginalPayload
                    )}</code></td></tr>
                    """
                )
            )
            .ToList();
        return Html.Of(
            $"""
            <p>{account.Seed.OrganizationName}: {Badge(
                job
            )} {job.Total} profiles, {job.Rows.Count} completed, {job.Errors.Count} failed.</p>
            {Layout.Table("Errors of the job", ["Where", "Code", "Detail", "As it was sent"], rows, "No row of this job has failed.")}
            {Layout.Pager($"/jobs/{Uri.EscapeDataString(account.Id)}/{Uri.EscapeDataString(job.Id)}", "", page, pages)}
            """
        );
    }

    private static Html Row(Account account, ImportJob job) =>
        Html.Of(
            $"""
            <tr><td><a href="/jobs/{Uri.EscapeDataString(account.Id)}/{Uri.EscapeDataString(
                job.Id
            )}"><code>{job.Id}</code></a></td><td>{account.Seed.OrganizationName}</td><td>{Badge(job)}</td>
            <td>{string.Join(", ", job.Lists.Select(id => account.List(id)?.Name ?? id))}</td><td class="number">{job.Total}</td>
            <td class="number">{job.Rows.Count}</td><td class="number">{job.Errors.Count}</td><td>{job.Created}</td></tr>
            """
        );

    private static Html Badge(ImportJob job) =>
        Html.Of($"<span class=\"badge {ImportJobWriter.Name(job.Status)}\">{ImportJobWriter.Name(job.Status)}</span>");
}
