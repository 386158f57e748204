using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Scheduling;

internal sealed class RefreshMapping
    : IEntityTypeConfiguration<RefreshPlan>,
        IEntityTypeConfiguration<Refresh>,
        IEntityTypeConfiguration<RefreshTask>
{
    public void Configure(EntityTypeBuilder<RefreshPlan> builder)
    {
        builder.ToTable("RefreshPlans");
        builder.Property(plan => plan.Id).ValueGeneratedNever();
        builder.Property(plan => plan.Recurrence).IsJson();
    }

    public void Configure(EntityTypeBuilder<Refresh> builder)
    {
        builder.ToTable("Refreshes");
        builder.HasIndex(refresh => refresh.StartedAt);
    }

    public void Configure(EntityTypeBuilder<RefreshTask> builder)
    {
        builder.ToTable("RefreshTasks");
        builder.HasOne<Refresh>().WithMany().HasForeignKey(task => task.RefreshId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(task => new
        {
            task.Kind,
            task.SubjectId,
            task.Id,
        });
    }
}
