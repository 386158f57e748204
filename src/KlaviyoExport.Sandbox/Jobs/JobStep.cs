using System.Text.Json;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>Advances a job by one step: first out of the queue, then a number of rows at a time.</summary>
internal sealed class JobStep(SandboxOptions options)
{
    /// <summary>Call while holding the state's gate.</summary>
    public void Run(Account account, ImportJob job, DateTimeOffset now)
    {
        if (job.Status == JobStatus.Queued)
            Start(job, now);
        else if (job.Status == JobStatus.Processing && !job.Outcome.Stuck)
            Process(account, job, now);
        else
            return;
        account.JobMoved(job);
    }

    private static void Start(ImportJob job, DateTimeOffset now)
    {
        job.Status = JobStatus.Processing;
        job.Started = now;
    }

    private void Process(Account account, ImportJob job, DateTimeOffset now)
    {
        var lists = job.Lists.Select(account.List).OfType<SandboxList>().ToList();
        if (lists.Count < job.Lists.Count || job.Request is not { } request)
        {
            job.End(JobStatus.Cancelled, now);
            return;
        }
        var end = Math.Min(job.Outcome.Cancelled ? job.Total / 2 : job.Total, job.Next + options.RowsPerStep);
        var repeats = RepeatedRows.In(request);
        while (job.Next < end)
        {
            Row(account, job, request, repeats, lists, now);
            job.Next++;
        }
        if (job.Next >= job.Total)
            job.End(JobStatus.Complete, now);
        else if (job.Outcome.Cancelled && job.Next >= job.Total / 2)
            job.End(JobStatus.Cancelled, now);
    }

    private void Row(
        Account account,
        ImportJob job,
        ImportRequest request,
        IReadOnlySet<int> repeats,
        List<SandboxList> lists,
        DateTimeOffset now
    )
    {
        var (index, pointer) = (job.Next, ImportRequest.PointerTo(job.Next));
        using var document = JsonDocument.Parse(request.Profile(index));
        var profile = document.RootElement;
        var error =
            Fails(job, index, profile, pointer)
            ?? (repeats.Contains(index) ? Repeated(pointer) : null)
            ?? TakenIdentifiers.Conflict(account, profile, pointer, named: false);
        if (error is null)
        {
            (var row, _, error) = ProfileUpsert.Apply(account, profile, pointer, nullClears: false, now);
            if (error is null)
            {
                job.Rows.Add(row);
                foreach (var list in lists)
                    account.Join(list, row, now);
                return;
            }
        }
        job.Errors.Add(
            new ImportError(
                Guid.NewGuid(),
                error.Code,
                error.Title,
                error.Detail,
                error.Pointer ?? pointer,
                request.Profile(index).ToArray()
            )
        );
    }

    private ApiError? Fails(ImportJob job, int index, JsonElement profile, string pointer)
    {
        var email = ProfileAttributes.Text(profile.GetProperty("attributes"), "email");
        var fails =
            (job.Outcome.FailEvery > 0 && (index + 1) % job.Outcome.FailEvery == 0)
            || (email is not null && job.Outcome.FailEmailsWith is { } part && email.Contains(part, StringComparison.OrdinalIgnoreCase))
            || (email is not null && options.AsyncFailureDomains.Any(d => email.EndsWith("@" + d, StringComparison.OrdinalIgnoreCase)));
        return fails ? ApiError.Invalid("The email address cannot be delivered to.", $"{pointer}/attributes/email") : null;
    }

    private static ApiError Repeated(string pointer) =>
        new(409, "duplicate_profile", "Conflict.", "Another profile of this import has the same identifier.")
        {
            Pointer = $"{pointer}/attributes",
        };
}
